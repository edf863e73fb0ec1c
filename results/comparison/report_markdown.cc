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

constexpr char kTableHead[] =
    "\n| metric | base | head | change | interval | verdict |\n|---|---|---|---|---|---|\n";

std::string HeadOf(const std::string& title, const Comparison& comparison) {
  return absl::StrCat("### ", Plain(title), "\n\nbase: ", Plain(ArmText(comparison.base)),
                      "; head: ", Plain(ArmText(comparison.head)), "\n\n");
}

std::vector<std::string> FindingLines(const Comparison& comparison) {
  std::vector<std::string> lines;
  for (const std::string& line : ReportLines(comparison)) {
    lines.push_back(absl::StrCat("- ", Plain(line), "\n"));
  }
  for (const std::string& line : RangeLines(comparison)) {
    lines.push_back(absl::StrCat("- phase ", Plain(line), "\n"));
  }
  for (const std::string& line : ProfileLines(comparison)) {
    lines.push_back(absl::StrCat("- profiled ", Plain(line), "\n"));
  }
  return lines;
}

// Of `most_bytes` at most: what does not fit is counted, and "" where not even its head fits.
std::string Section(const std::string& title, const Comparison& comparison, size_t most_bytes) {
  std::vector<std::string> lines = FindingLines(comparison);
  const size_t num_findings = lines.size();
  for (const ReportRow& row : ReportRows(comparison)) {
    lines.push_back(absl::StrCat(lines.size() == num_findings ? kTableHead : "", RowLine(row)));
  }
  // What stands in the place of the lines from this one on.
  const auto left_out = [&](size_t first) {
    if (first == lines.size()) return std::string();
    return absl::StrCat("\n", lines.size() - first,
                        first < num_findings ? " more findings and rows" : " more rows",
                        " are left out; `--json` has all.\n");
  };
  std::string out = HeadOf(title, comparison);
  if (out.size() + left_out(0).size() > most_bytes) return "";
  for (size_t i = 0; i < lines.size(); ++i) {
    if (out.size() + lines[i].size() + left_out(i + 1).size() > most_bytes) {
      return absl::StrCat(out, left_out(i));
    }
    out += lines[i];
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
  if (out.size() > room) return "";
  for (size_t i = 0; i < suite.size(); ++i) {
    const ExperimentComparison& one = suite[i];
    const std::string title =
        absl::StrCat(EscapeForTerminal(one.experiment), ": ", Conclusion(one.comparison));
    const size_t left = room - std::min(room, out.size() + 1);
    const std::string section = Section(title, one.comparison, left / (suite.size() - i));
    if (section.empty()) return out + ExperimentsLeftOut(suite.size() - i);
    absl::StrAppend(&out, "\n", section);
  }
  return out;
}

}  // namespace bench::results
