#include "results/comparison/report_text.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "results/comparison/report_rows.h"
#include "results/wrapped_text.h"

namespace bench::results {
namespace {

constexpr int kNameColumns = 27;
constexpr int kTableColumns = 79;

std::string TableRow(const ReportRow& row) {
  const bool own_line = static_cast<int>(row.metric.size()) > kNameColumns;
  std::string out = own_line ? absl::StrCat(row.metric, "\n") : std::string();
  absl::StrAppendFormat(&out, "%-*s %12s %12s %9s  %s\n", kNameColumns, own_line ? "" : row.metric,
                        row.base, row.head, row.change, row.verdict);
  return out;
}

std::string StackedRow(const ReportRow& row, int columns) {
  return absl::StrCat(Wrapped(absl::StrCat(row.metric, ": ", row.verdict), columns, "  "),
                      Wrapped(absl::StrCat("  ", row.base, " -> ", row.head,
                                           row.change.empty() ? "" : ", ", row.change),
                              columns, "  "));
}

// What stands under a row that is not plainly the same.
std::string Details(const ReportRow& row, int columns) {
  std::string text = row.interval;
  if (!row.remark.empty()) absl::StrAppend(&text, text.empty() ? "" : "; ", row.remark);
  const bool plain =
      row.verdict == Name(Verdict::kSame) || row.verdict == Name(Verdict::kNotJudged);
  if (text.empty() || plain) return "";
  return Wrapped(text, columns, "  ");
}

std::string Rows(const Comparison& comparison, int columns) {
  const bool table = columns >= kTableColumns;
  std::string out;
  if (table && !comparison.rows.empty()) {
    absl::StrAppendFormat(&out, "\n%-*s %12s %12s %9s  %s\n", kNameColumns, "metric", "base",
                          "head", "change", "verdict");
  }
  for (const ReportRow& row : ReportRows(comparison)) {
    absl::StrAppend(&out, table ? TableRow(row) : StackedRow(row, columns), Details(row, columns));
  }
  return out;
}

std::string Heading(const std::string& text, int columns) {
  return absl::StrCat("\n", Wrapped(text, columns));
}

}  // namespace

std::string RenderText(const Comparison& comparison, int columns) {
  std::string out = Wrapped(absl::StrCat("base ", ArmText(comparison.base)), columns);
  out += Wrapped(absl::StrCat("head ", ArmText(comparison.head)), columns);
  for (const std::string& line : ReportLines(comparison)) out += Wrapped(line, columns);
  out += Rows(comparison, columns);
  const std::vector<std::string> ranges = RangeLines(comparison);
  if (!ranges.empty()) out += Heading("phases, the largest changes first", columns);
  for (const std::string& line : ranges) out += Wrapped(line, columns, "  ", "    ");
  const std::vector<std::string> profile = ProfileLines(comparison);
  if (!profile.empty()) {
    out += Heading("profiles, a step, the largest changes first (not judged)", columns);
  }
  for (const std::string& line : profile) out += Wrapped(line, columns, "  ", "    ");
  return out + "\n" + Wrapped(Conclusion(comparison), columns);
}

}  // namespace bench::results
