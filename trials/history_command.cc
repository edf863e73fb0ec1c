#include "trials/history_command.h"

#include <chrono>
#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "base/subprocess.h"
#include "results/history/history.h"
#include "results/history/history_json.h"
#include "results/history/history_text.h"
#include "results/history/wanted_experiment.h"
#include "results/isolated_reader.h"
#include "results/pages/history_page.h"
#include "results/text.h"
#include "trials/history_files.h"
#include "trials/invocation.h"
#include "trials/reports.h"

namespace bench::trials {
namespace {

using results::History;
using results::RunRecord;
using results::WantedExperiment;

// What was read of the files.
struct Results {
  std::vector<RunRecord> records;       // of the experiment
  std::vector<std::string> unreadable;  // one line each
};

// Whether the file is at fault, or was removed since it was listed, and not the machine: a history
// that lacks runs because no process could be started would be of other runs each time.
bool MayBeLeftOut(const absl::Status& status, const std::string& file) {
  return ExitCodeFor(status) == ExitCode::kBadData || !Exists(file);
}

absl::StatusOr<Results> ReadFiles(const std::vector<std::string>& files,
                                  const WantedExperiment& wanted) {
  Results results;
  std::vector<absl::StatusOr<RunRecord>> records = results::ReadSummariesIsolated(files);
  for (std::size_t i = 0; i < files.size(); ++i) {
    absl::StatusOr<RunRecord>& record = records[i];
    if (!record.ok()) {
      if (!MayBeLeftOut(record.status(), files[i])) return record.status();
      const std::string message(record.status().message());
      std::fprintf(stderr, "bench-compare: left out: %s\n",
                   results::EscapeForTerminal(message).c_str());
      results.unreadable.push_back(message);
    } else if (wanted.Has(record->header)) {
      results.records.push_back(*std::move(record));
    }
  }
  return results;
}

absl::Status NothingFound(const WantedExperiment& wanted, const CompareArguments& arguments,
                          size_t num_unreadable) {
  const std::string where = arguments.paths.size() > 1 ? std::string("in the folders given")
                                                       : absl::StrCat("in ", StoreRoot());
  const std::string unreadable = num_unreadable == 0
                                     ? std::string()
                                     : absl::StrCat(" (", num_unreadable, " files cannot be read)");
  return IncomparableError(absl::StrCat("no results of ", wanted.Text(), " ", where, unreadable,
                                        "; bench-run makes some"));
}

// The commit's subject, "" where the repository does not know it.
std::string SubjectOf(const std::string& commit) {
  const auto output = RunProgram(
      {"git", "-C", ProjectRoot(), "log", "-1", "--format=%s", "--end-of-options", commit, "--"},
      {.timeout = std::chrono::seconds(10)});
  if (!output.ok() || output->exit_code != 0) return "";
  return std::string(absl::StripAsciiWhitespace(output->out));
}

// Of the commits that brought a change.
void AddSubjects(History* history) {
  std::map<std::string, std::string> subjects;
  for (results::HistorySection& section : history->sections) {
    for (const results::MetricHistory& metric : section.metrics) {
      for (const results::HistoryChange& change : metric.changes) {
        results::HistoryCommit& commit = section.commits[change.commit];
        if (commit.commit.empty()) continue;
        const auto [known, is_new] = subjects.emplace(commit.commit, "");
        if (is_new) known->second = SubjectOf(commit.commit);
        commit.subject = known->second;
      }
    }
  }
}

std::string Render(const History& history, ReportFormat format) {
  switch (format) {
    case ReportFormat::kJson:
      return results::RenderHistoryJson(history);
    case ReportFormat::kHtml:
      return results::RenderHistoryHtml(history);
    default:
      return results::RenderHistoryText(history, OutputColumns());
  }
}

absl::Status ReportHistory(const History& history, const CompareArguments& arguments) {
  for (const ReportFile& file : arguments.files) {
    BENCH_RETURN_IF_ERROR(PublishFile(file.path, Render(history, file.format)));
  }
  return Print(Render(history, arguments.printed));
}

}  // namespace

absl::StatusOr<int> ShowHistory(const CompareArguments& arguments) {
  BENCH_ASSIGN_OR_RETURN(const WantedExperiment wanted,
                         WantedExperiment::Parse(arguments.paths.front()));
  const std::vector<std::string> folders(arguments.paths.begin() + 1, arguments.paths.end());
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> files,
                         folders.empty() ? FilesInStore(StoreRoot(), wanted) : FilesBelow(folders));
  BENCH_ASSIGN_OR_RETURN(Results results, ReadFiles(files, wanted));
  if (results.records.empty()) return NothingFound(wanted, arguments, results.unreadable.size());
  BENCH_ASSIGN_OR_RETURN(History history, results::BuildHistory(wanted.Text(), results.records,
                                                                arguments.options.metrics));
  history.unreadable = std::move(results.unreadable);
  AddSubjects(&history);
  BENCH_RETURN_IF_ERROR(ReportHistory(history, arguments));
  return 0;
}

}  // namespace bench::trials
