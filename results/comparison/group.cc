#include "results/comparison/group.h"

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

using RunsByNumber = std::map<int64_t, std::vector<const RunRecord*>>;

RunsByNumber ByNumber(const Group& group) {
  RunsByNumber runs;
  for (const ResultsInput& run : group.runs) {
    runs[run.record.header.replicate].push_back(&run.record);
  }
  return runs;
}

const RunRecord* FirstUnlessThereIs(const std::vector<const RunRecord*>& runs, size_t i) {
  return i < runs.size() ? runs[i] : runs.front();
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
  const RunsByNumber of_base = ByNumber(base);
  const RunsByNumber of_head = ByNumber(head);
  std::vector<PairOfRuns> pairs;
  for (const auto& [number, runs] : of_base) {
    const auto others = of_head.find(number);
    if (others != of_head.end()) pairs.emplace_back(runs.front(), others->second.front());
  }
  return pairs;
}

std::vector<PairOfRuns> AllPairsOf(const Group& base, const Group& head) {
  const RunsByNumber of_base = ByNumber(base);
  const RunsByNumber of_head = ByNumber(head);
  std::vector<PairOfRuns> pairs;
  for (const auto& [number, runs] : of_base) {
    const auto others = of_head.find(number);
    if (others == of_head.end()) continue;
    const size_t count = std::max(runs.size(), others->second.size());
    for (size_t i = 0; i < count; ++i) {
      pairs.emplace_back(FirstUnlessThereIs(runs, i), FirstUnlessThereIs(others->second, i));
    }
  }
  return pairs;
}

}  // namespace bench::results
