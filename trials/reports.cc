#include "trials/reports.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/standard_output.h"
#include "base/status.h"
#include "results/comparison/report_json.h"
#include "results/comparison/report_junit.h"
#include "results/comparison/report_markdown.h"
#include "results/comparison/report_text.h"
#include "results/pages/comparison_page.h"
#include "results/text.h"
#include "results/wrapped_text.h"

namespace bench::trials {
namespace {

using results::Comparison;
using results::Group;

// A comparison, and the runs that it is of.
struct Compared {
  const Comparison& comparison;
  const Group& base;
  const Group& head;
};

std::string Render(const Compared& compared, ReportFormat format) {
  switch (format) {
    case ReportFormat::kText:
      return results::RenderText(compared.comparison, OutputColumns());
    case ReportFormat::kJson:
      return results::RenderJson(compared.comparison);
    case ReportFormat::kJunit:
      return results::RenderJunit(compared.comparison);
    case ReportFormat::kMarkdown:
      return results::RenderMarkdown(compared.comparison);
    case ReportFormat::kHtml:
      return results::RenderHtml(compared.comparison, compared.base, compared.head);
  }
  return "";
}

std::string Render(const results::ComparisonSuite& suite, ReportFormat format) {
  switch (format) {
    case ReportFormat::kText:
      return absl::StrCat("\n", results::Wrapped(Conclusion(suite), OutputColumns()));
    case ReportFormat::kJson:
      return results::RenderJson(suite);
    case ReportFormat::kJunit:
      return results::RenderJunit(suite);
    case ReportFormat::kMarkdown:
      return results::RenderMarkdown(suite);
    case ReportFormat::kHtml:
      break;
  }
  return "";
}

// The page of a job on GitHub, which other steps write to as well. `compared`: a comparison or a
// suite.
template <typename T>
absl::Status AppendToStepSummary(const T& compared) {
  const char* path = std::getenv("GITHUB_STEP_SUMMARY");
  if (path == nullptr || *path == '\0') return absl::OkStatus();
  std::string before;
  if (Exists(path)) {
    BENCH_ASSIGN_OR_RETURN(before, ReadFile(path));
  }
  if (before.size() >= results::kMostMarkdownBytes) return absl::OkStatus();
  const size_t room = results::kMostMarkdownBytes - before.size();
  return PublishFile(path, absl::StrCat(before, results::RenderMarkdown(compared, room)));
}

}  // namespace

absl::Status Print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  return FlushStandardOutput();
}

int OutputColumns() {
  constexpr int kUsual = 80;
  constexpr int kFewest = 20;
  winsize window = {};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0 || window.ws_col == 0) return kUsual;
  return std::max<int>(window.ws_col, kFewest);
}

absl::Status Report(const Comparison& comparison, const Group& base, const Group& head,
                    const CompareArguments& arguments) {
  const Compared compared = {comparison, base, head};
  for (const ReportFile& file : arguments.files) {
    BENCH_RETURN_IF_ERROR(PublishFile(file.path, Render(compared, file.format)));
  }
  if (arguments.wants(ReportFormat::kMarkdown))
    BENCH_RETURN_IF_ERROR(AppendToStepSummary(comparison));
  return Print(Render(compared, arguments.printed));
}

absl::Status ReportAtOnce(const results::ExperimentComparison& one,
                          const CompareArguments& arguments) {
  if (arguments.printed != ReportFormat::kText) return absl::OkStatus();
  const std::string title = results::EscapeForTerminal(one.experiment);
  return Print(absl::StrCat("\n", results::Wrapped(title, OutputColumns()),
                            results::RenderText(one.comparison, OutputColumns())));
}

absl::Status ReportSuite(const results::ComparisonSuite& suite, const CompareArguments& arguments) {
  for (const ReportFile& file : arguments.files) {
    BENCH_RETURN_IF_ERROR(PublishFile(file.path, Render(suite, file.format)));
  }
  if (arguments.wants(ReportFormat::kMarkdown)) BENCH_RETURN_IF_ERROR(AppendToStepSummary(suite));
  return Print(Render(suite, arguments.printed));
}

}  // namespace bench::trials
