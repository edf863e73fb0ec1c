#include "results/comparison/group.h"

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
    } else if (Exists(JournalPath(entry))) {
      return NothingFound(entry);  // a replicate that did not end is not to be left out in silence
    }
  }
  if (found.empty()) return NothingFound(path);
  return found;
}

absl::StatusOr<Group> ReadGroup(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> files, FindResults(path));
  Group group{path, {}};
  for (const std::string& file : files) {
    BENCH_ASSIGN_OR_RETURN(RunRecord record, ReadResultsIsolated(file));
    group.runs.push_back({file, std::move(record)});
  }
  return group;
}

std::vector<PairOfRuns> PairsOf(const Group& base, const Group& head) {
  std::map<int64_t, PairOfRuns> by_number;
  for (const ResultsInput& run : base.runs) {
    by_number.emplace(run.record.header.replicate, PairOfRuns{&run.record, nullptr});
  }
  for (const ResultsInput& run : head.runs) {
    const auto pair = by_number.find(run.record.header.replicate);
    if (pair != by_number.end() && pair->second.second == nullptr) {
      pair->second.second = &run.record;
    }
  }
  std::vector<PairOfRuns> pairs;
  for (const auto& [number, pair] : by_number) {
    if (pair.second != nullptr) pairs.push_back(pair);
  }
  return pairs;
}

}  // namespace bench::results
