#include "harness/run/show_command.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/control/terminal.h"
#include "harness/definition/load.h"
#include "harness/definition/unknown_key.h"
#include "harness/run/show_report.h"
#include "harness/store/store.h"
#include "harness/store/store_runs.h"
#include "results/isolated_reader.h"
#include "results/journal.h"
#include "results/pages/run_page.h"
#include "results/run_writer.h"

namespace bench::harness {
namespace {

constexpr int kFewestColumns = 40;

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

std::string Shown(const results::RunRecord& record, OutputForm form) {
  switch (form) {
    case OutputForm::kText:
      return ShowReport(record, ReportColumns());
    case OutputForm::kJson:
      return ShowJson(record).dump(2) + "\n";
    case OutputForm::kHtml:
      return results::RenderRunHtml(record);
  }
  return "";
}

// So that a wrong name is not taken for one without runs.
absl::Status CheckIsExperiment(const Options& options, const std::string& wanted) {
  const std::string name = wanted.substr(wanted.find_last_of('/') + 1);
  const auto listed = ListExperiments(options.experiments_root);
  if (!listed.ok()) {  // a store can be looked at from anywhere
    return UsageError(absl::StrCat("no run of \"", wanted, "\" in the store"));
  }
  const std::vector<std::string>& names = *listed;
  if (absl::c_linear_search(names, name.substr(0, name.find('@')))) return absl::OkStatus();
  return UsageError(absl::StrCat("no experiment \"", wanted, "\", and no run of it in the store; ",
                                 Suggestion(name, names)));
}

}  // namespace

int ReportColumns() { return std::max(kFewestColumns, TerminalColumns()); }

ListedRun ReadListed(const std::string& name, const std::string& folder) {
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

absl::StatusOr<int> ShowCommand(const Options& options) {
  BENCH_ASSIGN_OR_RETURN(const results::RunRecord record, ReadShown(options.arguments.at(0)));
  const std::string text = Shown(record, options.form);
  if (options.html_file) {
    BENCH_RETURN_IF_ERROR(PublishFile(*options.html_file, text));
    return 0;
  }
  std::fputs(text.c_str(), stdout);
  return 0;
}

absl::StatusOr<int> RunsCommand(const Options& options) {
  BENCH_ASSIGN_OR_RETURN(const Store store, Store::Open(options.store_root));
  const std::string wanted = options.arguments.empty() ? "" : options.arguments[0];
  BENCH_ASSIGN_OR_RETURN(const std::vector<StoreRun> found, RunsInStore(store, wanted));
  if (found.empty() && !wanted.empty()) BENCH_RETURN_IF_ERROR(CheckIsExperiment(options, wanted));
  std::vector<ListedRun> runs;
  for (const StoreRun& run : found) runs.push_back(ReadListed(run.name, run.folder));
  const std::string text = options.form == OutputForm::kJson ? RunsJson(runs).dump(2) + "\n"
                                                             : RunsTable(runs, ReportColumns());
  std::fputs(text.c_str(), stdout);
  return 0;
}

}  // namespace bench::harness
