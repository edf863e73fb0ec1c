#include "results/comparison/report_junit.h"

#include <cstddef>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "results/comparison/report_rows.h"
#include "results/text.h"

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

std::string CaseXml(const std::string& class_name, const Case& one) {
  const std::string open =
      absl::StrCat("  <testcase classname=\"", Xml(class_name), "\" name=\"", Xml(one.name), "\"");
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

struct Counts {
  size_t tests = 0;
  size_t failures = 0;
  size_t errors = 0;

  std::string Attributes() const {
    return absl::StrCat(" tests=\"", tests, "\" failures=\"", failures, "\" errors=\"", errors,
                        "\"");
  }
};

// Adds what the comparison has to `total`.
std::string TestSuiteXml(const std::string& class_name, const Comparison& comparison,
                         Counts* total) {
  Counts counts;
  std::string body;
  for (const Case& one : CasesOf(comparison)) {
    ++counts.tests;
    counts.failures += one.outcome == Outcome::kFail ? 1 : 0;
    counts.errors += one.outcome == Outcome::kNotShown ? 1 : 0;
    body += CaseXml(class_name, one);
  }
  total->tests += counts.tests;
  total->failures += counts.failures;
  total->errors += counts.errors;
  return absl::StrCat("<testsuite name=\"bench-compare ", Xml(ArmText(comparison.base)), " / ",
                      Xml(ArmText(comparison.head)), "\"", counts.Attributes(), ">\n  <system-out>",
                      Xml(absl::StrJoin(ReportLines(comparison), "\n")), "</system-out>\n", body,
                      "</testsuite>\n");
}

constexpr char kDeclaration[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

}  // namespace

std::string RenderJunit(const Comparison& comparison) {
  Counts counts;
  return absl::StrCat(kDeclaration, TestSuiteXml("bench-compare", comparison, &counts));
}

std::string RenderJunit(const ComparisonSuite& suite) {
  Counts counts;
  std::string body;
  for (const ExperimentComparison& one : suite) {
    body += TestSuiteXml(EscapeForTerminal(one.experiment), one.comparison, &counts);
  }
  return absl::StrCat(kDeclaration, "<testsuites name=\"", Xml(Conclusion(suite)), "\"",
                      counts.Attributes(), ">\n", body, "</testsuites>\n");
}

}  // namespace bench::results
