#include "results/compare_inputs.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "results/isolated_reader.h"
#include "results/journal.h"
#include "results/run_writer.h"

namespace bench::results {
namespace {

std::string ResultsIn(const std::string& folder) {
  return absl::StrCat(folder, "/", std::string(kResultsName));
}

absl::Status NothingFound(const std::string& folder) {
  if (Exists(JournalPath(folder))) {
    return DataError(absl::StrCat(folder, " holds the journal of a run but no results file: ",
                                  "bench-run --recover ", folder, " makes one"));
  }
  return DataError(absl::StrCat(folder, " holds no results file"));
}

using Inputs = std::vector<const ResultsInput*>;

std::map<int64_t, Inputs> ByReplicate(const std::vector<ResultsInput>& inputs) {
  std::map<int64_t, Inputs> out;
  for (const ResultsInput& input : inputs) out[input.record.header.replicate].push_back(&input);
  return out;
}

ComparedPair WithoutPartner(const ResultsInput* base, const ResultsInput* head) {
  ComparedPair pair;
  if (base != nullptr) pair.base_path = base->path;
  if (head != nullptr) pair.head_path = head->path;
  pair.comparison.incomparable.push_back(absl::StrCat(
      "replicate ", (base != nullptr ? base : head)->record.header.replicate,
      base != nullptr ? " has no partner in the head" : " has no partner in the base"));
  return pair;
}

ComparedPair PairOf(const ResultsInput& base, const ResultsInput& head) {
  return {base.path, head.path, Compare(base.record, head.record)};
}

}  // namespace

absl::StatusOr<std::vector<std::string>> FindResults(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return std::vector<std::string>{path};
  if (Exists(ResultsIn(path))) return std::vector<std::string>{ResultsIn(path)};
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListFolder(path));
  std::vector<std::string> found;
  for (const std::string& name : names) {
    const std::string entry = absl::StrCat(path, "/", name);
    if (absl::EndsWith(name, ".h5")) {
      found.push_back(entry);
    } else if (Exists(ResultsIn(entry))) {
      found.push_back(ResultsIn(entry));
    }
  }
  if (found.empty()) return NothingFound(path);
  return found;
}

absl::StatusOr<std::vector<ResultsInput>> ReadInputs(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> files, FindResults(path));
  std::vector<ResultsInput> inputs;
  for (const std::string& file : files) {
    BENCH_ASSIGN_OR_RETURN(RunRecord record, ReadResultsIsolated(file));
    inputs.push_back({file, std::move(record)});
  }
  return inputs;
}

std::vector<ComparedPair> ComparePairs(const std::vector<ResultsInput>& base,
                                       const std::vector<ResultsInput>& head) {
  if (base.size() == 1 && head.size() == 1) return {PairOf(base[0], head[0])};
  std::map<int64_t, std::pair<Inputs, Inputs>> replicates;
  for (auto& [number, inputs] : ByReplicate(base)) replicates[number].first = inputs;
  for (auto& [number, inputs] : ByReplicate(head)) replicates[number].second = inputs;
  std::vector<ComparedPair> pairs;
  for (const auto& [number, sides] : replicates) {
    const auto& [bases, heads] = sides;
    for (size_t i = 0; i < std::max(bases.size(), heads.size()); ++i) {
      const ResultsInput* b = i < bases.size() ? bases[i] : nullptr;
      const ResultsInput* h = i < heads.size() ? heads[i] : nullptr;
      pairs.push_back(b != nullptr && h != nullptr ? PairOf(*b, *h) : WithoutPartner(b, h));
    }
  }
  return pairs;
}

}  // namespace bench::results
