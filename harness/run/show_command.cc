#include "harness/run/show_command.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/control/terminal.h"
#include "harness/run/show_report.h"
#include "harness/store/store.h"
#include "results/isolated_reader.h"
#include "results/journal.h"
#include "results/run_writer.h"

namespace bench::harness {
namespace {

constexpr int kFewestColumns = 40;

int Columns() { return std::max(kFewestColumns, TerminalColumns()); }

std::string Results(const std::string& folder) {
  return absl::StrCat(folder, "/", internal::View(results::kResultsName));
}

absl::StatusOr<results::RunRecord> ReadShown(const std::string& result) {
  std::error_code error;
  const bool is_folder = std::filesystem::is_directory(result, error);
  const std::string path = is_folder ? Results(result) : result;
  if (Exists(path)) return results::ReadResultsIsolated(path);
  const bool has_journal =
      is_folder && Exists(absl::StrCat(result, "/", internal::View(results::kJournalName)));
  return UsageError(absl::StrCat(
      path, ": no such results file",
      has_journal ? absl::StrCat("; bench-run --recover ", result, " makes it of the journal")
                  : std::string()));
}

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

ListedRun Listed(const std::string& name, const std::string& folder) {
  ListedRun run = {.name = name, .record = std::nullopt, .problem = ""};
  if (!Exists(Results(folder))) {
    run.problem = "no results yet";
    return run;
  }
  auto record = results::ReadResultsIsolated(Results(folder));
  if (record.ok()) {
    run.record = *std::move(record);
  } else {
    run.problem = std::string(record.status().message());
  }
  return run;
}

// The run in `folder`, or its replicates.
absl::Status AddRuns(const std::string& name, const std::string& folder,
                     std::vector<ListedRun>& runs) {
  BENCH_ASSIGN_OR_RETURN(std::vector<std::string> replicates, Subfolders(folder));
  std::erase_if(replicates, [&](const std::string& replicate) {
    return !replicate.starts_with('r') ||
           !Exists(
               absl::StrCat(folder, "/", replicate, "/", internal::View(results::kJournalName)));
  });
  if (replicates.empty()) runs.push_back(Listed(name, folder));
  for (const std::string& replicate : replicates) {
    runs.push_back(
        Listed(absl::StrCat(name, "/", replicate), absl::StrCat(folder, "/", replicate)));
  }
  return absl::OkStatus();
}

// Whether runs of `experiment` (NAME@N) are meant by `wanted`: NAME, NAME@N, either with
// experiments/ before it, or nothing.
bool IsWanted(const std::string& experiment, std::string_view wanted) {
  wanted = std::string_view(wanted.substr(wanted.find_last_of('/') + 1));
  return wanted.empty() || experiment == wanted ||
         experiment.substr(0, experiment.find('@')) == wanted;
}

}  // namespace

absl::StatusOr<int> ShowCommand(const Options& options) {
  BENCH_ASSIGN_OR_RETURN(const results::RunRecord record, ReadShown(options.arguments.at(0)));
  const std::string text = options.form == OutputForm::kJson ? ShowJson(record).dump(2) + "\n"
                                                             : ShowReport(record, Columns());
  std::fputs(text.c_str(), stdout);
  return 0;
}

absl::StatusOr<int> RunsCommand(const Options& options) {
  BENCH_ASSIGN_OR_RETURN(const Store store, Store::Open(options.store_root));
  const std::string wanted = options.arguments.empty() ? "" : options.arguments[0];
  const std::string root = store.root() + "/runs";
  std::vector<ListedRun> runs;
  BENCH_ASSIGN_OR_RETURN(const auto experiments, Subfolders(root));
  for (const std::string& experiment : experiments) {
    if (!IsWanted(experiment, wanted)) continue;
    BENCH_ASSIGN_OR_RETURN(const auto numbers, Subfolders(absl::StrCat(root, "/", experiment)));
    for (const std::string& number : numbers) {
      const std::string name = absl::StrCat(experiment, "/", number);
      BENCH_RETURN_IF_ERROR(AddRuns(name, absl::StrCat(root, "/", name), runs));
    }
  }
  const std::string text = options.form == OutputForm::kJson ? RunsJson(runs).dump(2) + "\n"
                                                             : RunsTable(runs, Columns());
  std::fputs(text.c_str(), stdout);
  return 0;
}

}  // namespace bench::harness
