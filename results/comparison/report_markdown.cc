#include "results/comparison/report_markdown.h"

#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "results/comparison/report_rows.h"

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

std::string LeftOut(size_t count) {
  return absl::StrCat("\n", count, " more rows are left out; `--json` has all.\n");
}

}  // namespace

std::string RenderMarkdown(const Comparison& comparison, size_t most_bytes) {
  std::string out = absl::StrCat("### ", Plain(Conclusion(comparison)),
                                 "\n\nbase: ", Plain(ArmText(comparison.base)),
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

}  // namespace bench::results
