// bench-compare BASE HEAD: whether the head's results are worse than the base's, as a table, in
// other formats and as an exit code.
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/standard_output.h"
#include "base/standard_streams.h"
#include "base/status.h"
#include "results/comparison/compare_arguments.h"
#include "results/comparison/comparison.h"
#include "results/comparison/report_json.h"
#include "results/comparison/report_junit.h"
#include "results/comparison/report_markdown.h"
#include "results/comparison/report_text.h"
#include "results/text.h"

namespace bench::results {
namespace {

// Of the window that stdout is, else what fits everywhere.
int Columns() {
  constexpr int kUsual = 80;
  constexpr int kFewest = 20;
  winsize window = {};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0 || window.ws_col == 0) return kUsual;
  return std::max<int>(window.ws_col, kFewest);
}

std::string Render(const Comparison& comparison, ReportFormat format) {
  switch (format) {
    case ReportFormat::kText:
      return RenderText(comparison, Columns());
    case ReportFormat::kJson:
      return RenderJson(comparison);
    case ReportFormat::kJunit:
      return RenderJunit(comparison);
    case ReportFormat::kMarkdown:
      return RenderMarkdown(comparison);
  }
  return "";
}

absl::Status Print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  return FlushStandardOutput();
}

// The page of a job on GitHub, which other steps write to as well.
absl::Status AppendToStepSummary(const Comparison& comparison) {
  const char* path = std::getenv("GITHUB_STEP_SUMMARY");
  if (path == nullptr || *path == '\0') return absl::OkStatus();
  std::string before;
  if (Exists(path)) {
    BENCH_ASSIGN_OR_RETURN(before, ReadFile(path));
  }
  if (before.size() >= kMostMarkdownBytes) return absl::OkStatus();
  return PublishFile(
      path, absl::StrCat(before, RenderMarkdown(comparison, kMostMarkdownBytes - before.size())));
}

absl::StatusOr<ExitCode> CompareGroups(const CompareArguments& arguments) {
  BENCH_ASSIGN_OR_RETURN(const Group base, ReadGroup(arguments.base));
  BENCH_ASSIGN_OR_RETURN(const Group head, ReadGroup(arguments.head));
  BENCH_ASSIGN_OR_RETURN(const Comparison comparison, Compare(base, head, arguments.options));
  for (const ReportFile& file : arguments.files) {
    BENCH_RETURN_IF_ERROR(PublishFile(file.path, Render(comparison, file.format)));
  }
  if (arguments.wants_markdown()) BENCH_RETURN_IF_ERROR(AppendToStepSummary(comparison));
  BENCH_RETURN_IF_ERROR(Print(Render(comparison, arguments.printed)));
  return comparison.exit_code();
}

absl::StatusOr<ExitCode> Run(const std::vector<std::string>& arguments) {
  BENCH_RETURN_IF_ERROR(OpenStandardStreams());
  BENCH_ASSIGN_OR_RETURN(const CompareArguments parsed, ParseCompareArguments(arguments));
  switch (parsed.command) {
    case CompareCommand::kHelp:
      BENCH_RETURN_IF_ERROR(Print(kCompareHelp));
      return ExitCode::kOk;
    case CompareCommand::kVersion:
      BENCH_RETURN_IF_ERROR(Print("bench-compare " BENCH_VERSION "\n"));
      return ExitCode::kOk;
    case CompareCommand::kCompare:
      return CompareGroups(parsed);
  }
  return ExitCode::kUsage;
}

int Main(const std::vector<std::string>& arguments) {
  const absl::StatusOr<ExitCode> code = Run(arguments);
  if (code.ok()) return static_cast<int>(*code);
  const std::string message(code.status().message());
  std::fprintf(stderr, "bench-compare: %s\n", EscapeForTerminal(message).c_str());
  return static_cast<int>(ExitCodeFor(code.status()));
}

}  // namespace
}  // namespace bench::results

int main(int argc, char** argv) {
  return bench::results::Main(std::vector<std::string>(argv + 1, argv + argc));
}
