#include "results/comparison/report_junit.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "results/comparison/report_rows.h"

namespace bench::results {
namespace {

std::string Xml(const std::string& text) {
  return absl::StrReplaceAll(text,
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

struct Case {
  std::string name;
  std::string text;
  Outcome outcome;
};

std::string TextOf(const ReportRow& row) {
  std::string text = absl::StrCat(row.verdict, ": ", row.base, " -> ", row.head);
  if (!row.change.empty()) absl::StrAppend(&text, ", ", row.change);
  if (!row.interval.empty()) absl::StrAppend(&text, ", ", row.interval);
  if (!row.remark.empty()) absl::StrAppend(&text, "; ", row.remark);
  return text;
}

std::vector<Case> CasesOf(const Comparison& comparison) {
  // The whole is a case too: bits, curves and what is not comparable are no rows.
  std::vector<Case> cases = {{"conclusion", Conclusion(comparison), comparison.outcome()}};
  if (comparison.policy.require == Requirement::kBitwise) return cases;
  for (const ReportRow& row : ReportRows(comparison)) {
    cases.push_back({row.metric, TextOf(row), row.outcome});
  }
  return cases;
}

std::string CaseXml(const Case& one) {
  const std::string open =
      absl::StrCat("  <testcase classname=\"bench-compare\" name=\"", Xml(one.name), "\"");
  switch (one.outcome) {
    case Outcome::kPass:
      return absl::StrCat(open, "><system-out>", Xml(one.text), "</system-out></testcase>\n");
    case Outcome::kNotShown:
      return absl::StrCat(open, "><error message=\"", Xml(one.text), "\"/></testcase>\n");
    case Outcome::kFail:
      return absl::StrCat(open, "><failure message=\"", Xml(one.text), "\"/></testcase>\n");
  }
  return "";
}

}  // namespace

std::string RenderJunit(const Comparison& comparison) {
  const std::vector<Case> cases = CasesOf(comparison);
  int failures = 0;
  int errors = 0;
  std::string body;
  for (const Case& one : cases) {
    failures += one.outcome == Outcome::kFail ? 1 : 0;
    errors += one.outcome == Outcome::kNotShown ? 1 : 0;
    body += CaseXml(one);
  }
  return absl::StrCat(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"bench-compare ",
      Xml(ArmText(comparison.base)), " / ", Xml(ArmText(comparison.head)), "\" tests=\"",
      cases.size(), "\" failures=\"", failures, "\" errors=\"", errors, "\">\n  <system-out>",
      Xml(absl::StrJoin(ReportLines(comparison), "\n")), "</system-out>\n", body, "</testsuite>\n");
}

}  // namespace bench::results
