#include "harness/store/store_runs.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "results/journal.h"
#include "results/run_writer.h"

namespace bench::harness {
namespace {

// Folders below `folder`, in the order of their numbers where they have some, by name otherwise.
absl::StatusOr<std::vector<std::string>> Subfolders(const std::string& folder) {
  if (!Exists(folder)) return std::vector<std::string>();
  BENCH_ASSIGN_OR_RETURN(std::vector<std::string> names, ListFolder(folder));
  std::erase_if(names, [&](const std::string& name) {
    std::error_code error;
    return !std::filesystem::is_directory(absl::StrCat(folder, "/", name), error);
  });
  // "r10" behind "r9": of names that differ in nothing but a number, the shorter one is smaller.
  const auto number_of = [](std::string_view name) {
    const size_t digits = name.find_first_of("0123456789");
    int64_t number = 0;
    if (digits > 1) return int64_t{-1};  // npos too
    return absl::SimpleAtoi(internal::View(name.substr(digits)), &number) ? number : int64_t{-1};
  };
  std::stable_sort(names.begin(), names.end(),
                   [&](const auto& a, const auto& b) { return number_of(a) < number_of(b); });
  return names;
}

// Whether runs of `experiment` (NAME@N) are meant by `wanted`: NAME, NAME@N, either with
// experiments/ before it, or nothing.
bool IsWanted(const std::string& experiment, std::string_view wanted) {
  wanted = std::string_view(wanted.substr(wanted.find_last_of('/') + 1));
  return wanted.empty() || experiment == wanted ||
         experiment.substr(0, experiment.find('@')) == wanted;
}

constexpr int kDeepest = 4;  // a sweep's point, its replicate, and then some

// The run, or those below it.
absl::Status AddRuns(const StoreRun& run, int depth, std::vector<StoreRun>& runs) {
  const auto has = [&](std::string_view file) {
    return Exists(absl::StrCat(run.folder, "/", internal::View(file)));
  };
  if (has(results::kJournalName) || has(results::kResultsName)) {
    runs.push_back(run);
    return absl::OkStatus();
  }
  if (depth == kDeepest) return absl::OkStatus();
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> names, Subfolders(run.folder));
  for (const std::string& name : names) {
    const std::string path = run.name.empty() ? name : absl::StrCat(run.name, "/", name);
    BENCH_RETURN_IF_ERROR(
        AddRuns({run.experiment, path, absl::StrCat(run.folder, "/", name)}, depth + 1, runs));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<StoreRun>> RunsIn(const std::string& folder) {
  std::vector<StoreRun> runs;
  BENCH_RETURN_IF_ERROR(AddRuns({"", "", folder}, 0, runs));
  return runs;
}

absl::StatusOr<std::vector<StoreRun>> RunsInStore(const Store& store, std::string_view wanted) {
  const std::string root = store.root() + "/runs";
  std::vector<StoreRun> runs;
  BENCH_ASSIGN_OR_RETURN(const auto experiments, Subfolders(root));
  for (const std::string& experiment : experiments) {
    if (!IsWanted(experiment, wanted)) continue;
    BENCH_ASSIGN_OR_RETURN(const auto numbers, Subfolders(absl::StrCat(root, "/", experiment)));
    for (const std::string& number : numbers) {
      const std::string name = absl::StrCat(experiment, "/", number);
      const StoreRun run = {experiment, name, absl::StrCat(root, "/", name)};
      const size_t before = runs.size();
      BENCH_RETURN_IF_ERROR(AddRuns(run, 0, runs));
      if (runs.size() == before) runs.push_back(run);
    }
  }
  return runs;
}

}  // namespace bench::harness
