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

// The page of a job on GitHub, which other steps write to as well.
absl::Status AppendToStepSummary(const Comparison& comparison) {
  const char* path = std::getenv("GITHUB_STEP_SUMMARY");
  if (path == nullptr || *path == '\0') return absl::OkStatus();
  std::string before;
  if (Exists(path)) {
    BENCH_ASSIGN_OR_RETURN(before, ReadFile(path));
  }
  if (before.size() >= results::kMostMarkdownBytes) return absl::OkStatus();
  const size_t room = results::kMostMarkdownBytes - before.size();
  return PublishFile(path, absl::StrCat(before, results::RenderMarkdown(comparison, room)));
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
  if (arguments.wants_markdown()) BENCH_RETURN_IF_ERROR(AppendToStepSummary(comparison));
  return Print(Render(compared, arguments.printed));
}

}  // namespace bench::trials
