#include "results/pages/history_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/results/history/runs.h"
#include "tests/results/pages/well_formed.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

History OfValues(const std::vector<double>& values) {
  std::vector<RunRecord> records;
  for (size_t i = 0; i < values.size(); ++i) {
    const std::string commit = std::string(38, 'c') + std::to_string(10 + i);
    records.push_back(RunOf(commit, static_cast<int64_t>(i), values[i], Info(kStepTime)));
  }
  return *BuildHistory("sft_small", records, {});
}

TEST(RenderHistoryHtml, ShowsChangesChartsAndCommits) {
  std::vector<double> values(20, 0.5);
  std::fill(values.begin() + 10, values.end(), 1);
  History history = OfValues(values);
  history.sections[0].commits[10].subject = "<b>slower</b>";  // a name from elsewhere is no markup
  const std::string page = RenderHistoryHtml(history);
  EXPECT_EQ(WhatIsMalformed(page), "");
  EXPECT_THAT(page, HasSubstr("<h1>History of sft_small</h1>"));
  EXPECT_THAT(page, HasSubstr("1 change, 1 regressed"));
  EXPECT_THAT(page, HasSubstr("REGRESSED +100.00%"));
  EXPECT_THAT(page, HasSubstr("<strong>step_time</strong>"));  // its chart
  EXPECT_THAT(page, HasSubstr("&lt;b&gt;slower"));
  EXPECT_THAT(page, Not(HasSubstr("<b>slower")));
  EXPECT_THAT(page, HasSubstr("cccccccccccc"));
}

TEST(RenderHistoryHtml, WithoutChangesThereIsNoTableOfThem) {
  const std::string page = RenderHistoryHtml(OfValues({0.5, 0.5, 0.5}));
  EXPECT_EQ(WhatIsMalformed(page), "");
  EXPECT_THAT(page, HasSubstr("0 changes"));
  EXPECT_THAT(page, Not(HasSubstr("Changes of level")));
}

}  // namespace
}  // namespace bench::results
