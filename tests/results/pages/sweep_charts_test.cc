#include "results/pages/sweep_charts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/pages/run_page.h"
#include "tests/results/pages/well_formed.h"
#include "tests/results/sweeps/sample_sweep.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(DrawSweep, HasAChartAndATableOfEachMetric) {
  const std::string html = DrawSweep(SampleSweepRecord()).str();
  EXPECT_EQ(WhatIsMalformed(html), "");
  EXPECT_EQ(CountOf(html, "<figure>"), 2U);
  EXPECT_THAT(html, HasSubstr("<strong>exact_match/unseen</strong>"));
  EXPECT_THAT(html, HasSubstr("chain: 3 values, centre 0.875; direct, control: 3 values"));
  // Three arms have values, and so many intervals; the control has its colour.
  EXPECT_EQ(CountOf(html, "class=\"interval\""), 3U);
  EXPECT_EQ(CountOf(html, "<g class=\"arm1\">"), 1U);
  EXPECT_THAT(html, HasSubstr("data.dataset=d@1"));
  EXPECT_THAT(html, HasSubstr("0.75, 1, 0.875"));
}

TEST(DrawSweep, OfOtherStagesThereIsNothing) { EXPECT_EQ(DrawSweep(SampleRecord()).str(), ""); }

TEST(RenderRunHtml, OfASweepShowsItsArmsInPlaceOfSamples) {
  const std::string page = RenderRunHtml(SampleSweepRecord());
  EXPECT_EQ(WhatIsMalformed(page), "");
  EXPECT_THAT(page, HasSubstr(">Arms</h2>"));
  EXPECT_THAT(page, Not(HasSubstr(">Samples</h2>")));
}

TEST(SweepFigure, IsAFileOfItsOwnInTheReadersColours) {
  const std::string figure = SweepFigure(SampleSweep());
  EXPECT_EQ(WhatIsMalformed(figure), "");
  EXPECT_EQ(figure.rfind("<svg xmlns=\"http://www.w3.org/2000/svg\" ", 0), 0U);
  EXPECT_THAT(figure, HasSubstr("prefers-color-scheme:dark"));
  EXPECT_THAT(figure, HasSubstr("exact_match/unseen"));
  EXPECT_THAT(figure, HasSubstr("3 replicates; mean, and its 95% interval"));
  EXPECT_THAT(figure, Not(HasSubstr("<script")));
  EXPECT_EQ(CountOf(figure, "class=\"interval\""), 2U);
}

TEST(SweepFigure, OfASweepWithoutValuesThereIsNone) {
  Sweep sweep = SampleSweep();
  sweep.values.clear();
  EXPECT_EQ(SweepFigure(sweep), "");
}

}  // namespace
}  // namespace bench::results
