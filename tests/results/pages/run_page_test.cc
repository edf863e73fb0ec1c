#include "results/pages/run_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/results/pages/well_formed.h"
#include "tests/results/sample_record.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(RenderRunHtml, ShowsEverythingThatARecordHolds) {
  const std::string page = RenderRunHtml(SampleRecord());
  EXPECT_EQ(WhatIsMalformed(page), "");
  EXPECT_THAT(page, HasSubstr("<h1>sft_small@3, replicate 2</h1>"));
  for (const char* title : {"Key figures", "Curves", "Ranges", "Processes", "Samples", "Tables",
                            "Provenance", "Notes"}) {
    EXPECT_THAT(page, HasSubstr(std::string(">") + title + "</h2>"));
  }
  EXPECT_THAT(page, HasSubstr("4.125"));                                     // summary/loss
  EXPECT_THAT(page, HasSubstr("<strong>steps/loss</strong>"));               // a curve
  EXPECT_THAT(page, HasSubstr("evaluate/generate"));                         // a range
  EXPECT_THAT(page, HasSubstr("process 11: peak_memory"));                   // of a rank
  EXPECT_THAT(page, HasSubstr("<strong>step_time</strong>, ms: 3 values"));  // samples
  EXPECT_THAT(page, HasSubstr("今天天气真好"));                              // a table
  EXPECT_THAT(page, HasSubstr("schema = 1  # 试验\n"));                      // the definition
  EXPECT_THAT(page, HasSubstr("artifact_sha256"));                           // a note
}

// forward: 12 times, 0.875 s in all; of its steps 0.25, 0.125 and 0.5 the median is 0.25.
TEST(RenderRunHtml, SumsUpRanges) {
  const std::string page = RenderRunHtml(SampleRecord());
  const size_t begin = page.find("forward</span></th>");
  const std::string row = page.substr(begin, page.find("</tr>", begin) - begin);
  EXPECT_THAT(row, HasSubstr("875 ms"));
  EXPECT_THAT(row, HasSubstr(">12<"));
  EXPECT_THAT(row, HasSubstr("72.92 ms"));
  EXPECT_THAT(row, HasSubstr("250 ms"));
}

TEST(RenderRunHtml, SaysWhatIsUnusual) {
  RunRecord record = ResumedRecord();
  record.status = RunStatus::kDiverged;
  record.steps["loss"].value[1] = std::nan("");
  record.header.ad_hoc = true;
  const std::string page = RenderRunHtml(record);
  EXPECT_THAT(page, HasSubstr("outcome fail\">diverged"));
  EXPECT_THAT(page, HasSubstr("resumed behind step 1, 2"));
  EXPECT_THAT(page, HasSubstr("not strict"));
  EXPECT_THAT(page, HasSubstr("changed by --set"));
  EXPECT_THAT(page, HasSubstr("first value that is not finite: steps/loss at step 2"));
}

TEST(RenderRunHtml, OfNothingIsAPage) {
  EXPECT_EQ(WhatIsMalformed(RenderRunHtml(RunRecord{})), "");
}

TEST(RenderRunHtml, ShowsTheFirstRowsOfALongTable) {
  RunRecord record = SampleRecord();
  Table& table = record.tables["filters"];
  table.rows.assign(1000, table.rows.front());
  const std::string page = RenderRunHtml(record);
  EXPECT_THAT(page, HasSubstr("filters: the first 200 of 1000 rows"));
  EXPECT_THAT(page, HasSubstr("filters (1000 rows)"));
}

// 10,000 samples of which 500 are drawn; the first and every hundredth behind it are not finite.
TEST(RenderRunHtml, CountsWhatIsNotFiniteOfAllSamples) {
  RunRecord record = SampleRecord();
  std::vector<double>& values = record.samples["step_time"].value;
  values.assign(10'000, 0.5);
  for (size_t i = 0; i < values.size(); i += 100) values[i] = std::nan("");
  values.back() = 0.25;
  const std::string page = RenderRunHtml(record);
  EXPECT_THAT(page, HasSubstr(": 500 of 10000 values; 100 values are not finite<"));
}

// Fault 17 in markup.
TEST(RenderRunHtml, NothingOfAFileIsMarkup) {
  const std::string evil = "\"'><script>alert(1)</script></pre>\x1B[2J&";
  RunRecord record = SampleRecord();
  record.header.experiment = record.header.stage = record.header.device = evil;
  record.header.definition_toml = evil + "\n" + evil;
  record.header.provenance[evil] = evil;
  record.notes[evil] = evil;
  record.summary[evil] = record.summary["loss"];
  record.summary[evil].metric.description = evil;
  record.ranges[evil] = record.ranges["forward"];
  record.samples[evil] = record.samples["step_time"];
  record.tables[evil] = {{evil}, {{evil}}};
  record.ranks[0][evil] = record.ranks[0]["peak_memory"];
  const std::string page = RenderRunHtml(record);
  EXPECT_EQ(WhatIsMalformed(page), "");
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_EQ(page.find('\x1B'), std::string::npos);
}

}  // namespace
}  // namespace bench::results
