#include "results/pages/comparison_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "nlohmann/json.hpp"
#include "results/comparison/report_json.h"
#include "results/comparison/report_rows.h"
#include "results/pages/html.h"
#include "tests/results/comparison/groups.h"
#include "tests/results/pages/well_formed.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

struct Compared {
  Comparison comparison;
  Group base, head;

  std::string Page() const { return RenderHtml(comparison, base, head); }
};

Compared Of(const Group& base, const Group& head) {
  auto comparison = Compare(base, head);
  EXPECT_TRUE(comparison.ok()) << comparison.status();
  return {*std::move(comparison), base, head};
}

// Everything that a record holds, with a time that is twice as long in the head.
Compared Regressed() {
  std::vector<RunRecord> base, head;
  for (int64_t i = 0; i < 7; ++i) {
    RunRecord record = SampleRecord();
    record.header.replicate = i;
    record.summary["step_time"] = {Info(kStepTime), 1 + 0.01 * static_cast<double>(i)};
    record.summary["peak_memory"] = {Info(kPeakMemory), 5e6};
    base.push_back(record);
    record.summary["step_time"].value *= 2;
    record.header.provenance["commit"] = "def";
    record.header.provenance["run"] = i;
    for (double& seconds : record.ranges["forward"].host_s) seconds *= 2;
    head.push_back(record);
  }
  return Of(GroupOf("base", base), GroupOf("head", head));
}

std::string Escaped(const std::string& text) { return Html::Text(text).str(); }

TEST(RenderHtml, SaysOfEveryMetricWhatTheJsonSays) {
  const Compared compared = Regressed();
  const std::string page = compared.Page();
  EXPECT_EQ(WhatIsMalformed(page), "");
  const Json json = Json::parse(RenderJson(compared.comparison));
  EXPECT_THAT(page, HasSubstr(Escaped(json["conclusion"])));
  EXPECT_THAT(page, HasSubstr("outcome fail"));
  ASSERT_GE(json["metrics"].size(), 5U);
  for (const Json& row : json["metrics"]) {
    const std::string name = Escaped(row["metric"]);
    const size_t begin = page.find(name + "</span></th>");
    ASSERT_NE(begin, std::string::npos) << name;
    const std::string in_table = page.substr(begin, page.find("</tr>", begin) - begin);
    EXPECT_THAT(in_table, HasSubstr(">" + Escaped(row["verdict"])));
    // And a chart of its values.
    EXPECT_THAT(page, HasSubstr("<figcaption><strong>" + name + "</strong>"));
  }
}

TEST(RenderHtml, SaysWhatTheOtherReportsSay) {
  const Compared compared = Regressed();
  const std::string page = compared.Page();
  for (const std::string& line : ReportLines(compared.comparison)) {
    EXPECT_THAT(page, HasSubstr("<li>" + Escaped(line) + "</li>"));
  }
  for (const RangeRow& row : RangeRows(compared.comparison)) {
    EXPECT_THAT(page, HasSubstr(Escaped(row.name)));
    EXPECT_THAT(page, HasSubstr(Escaped(row.change)));
  }
  EXPECT_THAT(page, HasSubstr(IntervalName(compared.comparison)));
}

TEST(RenderHtml, HasEverySection) {
  const std::string page = Regressed().Page();
  for (const char* title : {"Verdicts", "Learning curves", "Distributions", "Memory",
                            "Phases of a step", "Provenance", "Runs"}) {
    EXPECT_THAT(page, HasSubstr(std::string(">") + title + "</h2>"));
  }
  EXPECT_THAT(page, HasSubstr("process 11: peak_memory"));
}

// The commit differs between the arms; "run" from replicate to replicate of the head.
TEST(RenderHtml, ShowsBothValuesOfWhatDiffers) {
  const std::string page = Regressed().Page();
  const size_t between = page.find("Attributes that differ between the arms");
  const size_t within = page.find("Attributes that differ from run to run");
  const size_t commit = page.find("commit</span></th>", between);
  const size_t run = page.find("run</span></th>", within);
  ASSERT_LT(commit, within);
  ASSERT_NE(run, std::string::npos);
  const std::string row = page.substr(commit, page.find("</tr>", commit) - commit);
  EXPECT_THAT(row, HasSubstr(">abc<"));
  EXPECT_THAT(row, HasSubstr(">def<"));
  EXPECT_THAT(page.substr(run), HasSubstr("and 2 more"));
}

// Curves of what is not comparable would be compared by whoever sees them.
TEST(RenderHtml, ShowsReasonsInsteadOfChartsWhereArmsAreNotComparable) {
  RunRecord head = SampleRecord();
  head.header.device = "cuda";
  const Compared compared = Of(OneRun("base", SampleRecord()), OneRun("head", head));
  const std::string page = compared.Page();
  EXPECT_EQ(WhatIsMalformed(page), "");
  EXPECT_THAT(page, HasSubstr("NOT COMPARABLE"));
  EXPECT_THAT(page, HasSubstr("not comparable: the device differs"));
  EXPECT_THAT(page, HasSubstr("device</span></th>"));
  EXPECT_THAT(page, Not(HasSubstr("<figure>")));
}

TEST(RenderHtml, ShowsATableOfWhatStandsSideBySide) {
  RunRecord head = SampleRecord();
  head.header.stage = "program";
  CompareOptions options;
  options.asked.whole_definition = true;
  const Group base = OneRun("base", SampleRecord());
  const Group other = OneRun("head", head);
  const auto comparison = Compare(base, other, options);
  ASSERT_TRUE(comparison.ok()) << comparison.status();
  const std::string page = RenderHtml(*comparison, base, other);
  EXPECT_EQ(WhatIsMalformed(page), "");
  EXPECT_THAT(page, HasSubstr("NOT COMPARABLE: side by side"));
  EXPECT_THAT(page, HasSubstr(">1x<"));
  EXPECT_THAT(page, Not(HasSubstr("<figure>")));
}

// Fault 14, and fault 17 in markup.
TEST(RenderHtml, NothingOfAFileIsMarkup) {
  const std::string evil = "\"'><script>alert(1)</script><!--\x1B[2J\xC2\x9B\xE2\x80\xAE]]>&";
  RunRecord record = SampleRecord();
  record.header.experiment = evil;
  record.summary["evil"] = {Info(kExactMatch, evil), std::nan("")};
  record.summary["evil"].metric.units = evil;
  record.steps["loss"].metric.units = evil;
  record.steps[evil] = record.steps["loss"];
  record.evals[evil] = record.evals["exact_match"];
  record.ranges[evil] = record.ranges["forward"];
  record.ranks[0][evil] = {Info(kPeakMemory, evil), 4096};
  RunRecord head = record;
  record.header.provenance[evil] = evil;
  head.header.provenance[evil] = evil + "2";
  head.digests[evil] = {{1}, {evil}};
  for (const char* device : {"cpu", "cuda"}) {
    head.header.device = device;
    const std::string page = Of(OneRun(evil, record), OneRun(evil, head)).Page();
    EXPECT_EQ(WhatIsMalformed(page), "");
    EXPECT_THAT(page, Not(HasSubstr("<script")));
    EXPECT_THAT(page, Not(HasSubstr("<!--")));
    EXPECT_EQ(page.find_first_of("\x1B\x07"), std::string::npos);
    EXPECT_THAT(page, HasSubstr("&lt;script&gt;"));
  }
}

}  // namespace
}  // namespace bench::results
