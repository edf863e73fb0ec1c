#include "results/comparison/report_markdown.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "results/comparison/report_rows.h"
#include "results/text.h"

namespace bench::results {
namespace {

// Text of a file that is not Markdown or HTML.
std::string Plain(const std::string& text) {
  return absl::StrReplaceAll(text, {{"&", "&amp;"},
                                    {"<", "&lt;"},
                                    {">", "&gt;"},
                                    {"|", "\\|"},
                                    {"`", "\\`"},
                                    {"*", "\\*"},
                                    {"_", "\\_"},
                                    {"[", "\\["},
                                    {"\n", " "}});
}

std::string RowLine(const ReportRow& row) {
  return absl::StrCat(
      "| ", Plain(row.metric), " | ", Plain(row.base), " | ", Plain(row.head), " | ",
      Plain(row.change), " | ", Plain(row.interval), " | ",
      row.outcome == Outcome::kPass ? row.verdict : absl::StrCat("**", row.verdict, "**"),
      row.remark.empty() ? "" : absl::StrCat("<br>", Plain(row.remark)), " |\n");
}

std::string ExperimentsLeftOut(size_t count) {
  return absl::StrCat("\n", count, " more experiments are left out; `--json` has all.\n");
}

std::string LeftOut(size_t count) {
  return absl::StrCat("\n", count, " more rows are left out; `--json` has all.\n");
}

std::string Section(const std::string& title, const Comparison& comparison, size_t most_bytes) {
  std::string out =
      absl::StrCat("### ", Plain(title), "\n\nbase: ", Plain(ArmText(comparison.base)),
                   "; head: ", Plain(ArmText(comparison.head)), "\n\n");
  for (const std::string& line : ReportLines(comparison)) {
    absl::StrAppend(&out, "- ", Plain(line), "\n");
  }
  for (const std::string& line : RangeLines(comparison)) {
    absl::StrAppend(&out, "- phase ", Plain(line), "\n");
  }
  for (const std::string& line : ProfileLines(comparison)) {
    absl::StrAppend(&out, "- profiled ", Plain(line), "\n");
  }
  const std::vector<ReportRow> rows = ReportRows(comparison);
  if (rows.empty()) return out;
  absl::StrAppend(&out, "\n| metric | base | head | change | interval | verdict |\n",
                  "|---|---|---|---|---|---|\n");
  for (size_t i = 0; i < rows.size(); ++i) {
    const std::string line = RowLine(rows[i]);
    const std::string end = LeftOut(rows.size() - i);
    if (out.size() + line.size() + end.size() > most_bytes) return out + end;
    out += line;
  }
  return out;
}

}  // namespace

std::string RenderMarkdown(const Comparison& comparison, size_t most_bytes) {
  return Section(Conclusion(comparison), comparison, most_bytes);
}

std::string RenderMarkdown(const ComparisonSuite& suite, size_t most_bytes) {
  // Behind it stands no more than the line of what is left out.
  const size_t reserved = ExperimentsLeftOut(suite.size()).size();
  const size_t room = most_bytes - std::min(most_bytes, reserved);
  std::string out = absl::StrCat("## ", Plain(Conclusion(suite)), "\n");
  for (size_t i = 0; i < suite.size(); ++i) {
    const ExperimentComparison& one = suite[i];
    const std::string title =
        absl::StrCat(EscapeForTerminal(one.experiment), ": ", Conclusion(one.comparison));
    const size_t left = room - std::min(room, out.size());
    const std::string section =
        absl::StrCat("\n", Section(title, one.comparison, left / (suite.size() - i)));
    if (section.size() > left) return out + ExperimentsLeftOut(suite.size() - i);
    out += section;
  }
  return out;
}

}  // namespace bench::results
