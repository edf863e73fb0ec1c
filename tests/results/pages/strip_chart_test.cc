#include "results/pages/strip_chart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/results/pages/well_formed.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

StripChart Chart(const std::vector<double>& base, const std::vector<double>& head) {
  return {"loss", "1", "same", {{"base", base, {}}, {"head", head, {}}}, false, 0, {}};
}

// The plot goes from 20 + 4 * 6.6 = 46.4 to 340 and shows 0 - 0.6 to 10 + 0.6 (6% of room): 0 is at
// 46.4 + 0.6 / 11.2 * 293.6 = 62.13, 10 at 324.27. The base's middle is at 4 + 0.45 * 36 = 20.2,
// the head's 36 below.
TEST(DrawStripChart, PutsADotForEveryValue) {
  const std::string svg = DrawStripChart(Chart({0, 10}, {10})).str();
  EXPECT_EQ(WhatIsMalformed(svg), "");
  EXPECT_THAT(svg, HasSubstr("d=\"m621 202h0m2622 0h0\""));
  EXPECT_THAT(svg, HasSubstr("d=\"m3243 562h0\""));
  EXPECT_THAT(svg, HasSubstr("<strong>loss</strong>: same<"));
  EXPECT_THAT(svg, HasSubstr("<desc>base: 2 values; head: 1 value</desc>"));
}

// Equal values are moved aside by 5, to either side in turn.
TEST(DrawStripChart, ShowsEqualValuesAsManyDots) {
  const std::string svg = DrawStripChart(Chart({5, 5, 5}, {0, 10})).str();
  EXPECT_THAT(svg, HasSubstr("d=\"m1932 202h0m0-50h0m0 100h0\""));
}

// Around a centre of 5: from 4 to 6 of a scale that shows -0.6 to 10.6.
TEST(DrawStripChart, ShowsCentreMarginAndInterval) {
  StripChart chart = Chart({0, 10}, {0, 10});
  chart.arms[0].centre = chart.arms[1].centre = 5;
  chart.margin = 1;
  chart.interval = Interval{-2, 1};
  const std::string svg = DrawStripChart(chart).str();
  // 46.4 + 4.6 / 11.2 * 293.6 = 166.99, 46.4 + 6.6 / 11.2 * 293.6 = 219.41; from 4 down to 76.
  EXPECT_THAT(
      svg, HasSubstr("class=\"margin\" transform=\"scale(.1)\" d=\"m1670 40l524 0 0 720-524 0z\""));
  // 3 to 6: 140.77 to 219.41, 14.5 below the head's middle of 56.2.
  EXPECT_THAT(svg, HasSubstr("class=\"interval\" transform=\"scale(.1)\" d=\"m1408 707l786 0"));
  EXPECT_EQ(CountOf(svg, "class=\"centre\""), 2U);
  EXPECT_THAT(svg, HasSubstr("base: 2 values, centre 5"));
}

// From -5 to 15, the interval, with 6% of room: -6.2 to 16.2 over 293.6. 0 is at 46.4 + 6.2 / 22.4
// * 293.6 = 127.66, the interval from 62.13 to 324.27, 14.5 below the first arm's middle of 20.2.
TEST(DrawStripChart, AnArmHasAnIntervalAndAStyleOfItsOwn) {
  StripChart chart = Chart({0, 10}, {10});
  chart.arms[0].interval = Interval{-5, 15};
  chart.arms[0].style = 2;
  const std::string svg = DrawStripChart(chart).str();
  EXPECT_EQ(WhatIsMalformed(svg), "");
  EXPECT_THAT(svg, HasSubstr("<g class=\"arm2\">"));
  EXPECT_THAT(svg, HasSubstr("d=\"m1277 202h0"));
  EXPECT_THAT(svg, HasSubstr("class=\"interval\" transform=\"scale(.1)\" d=\"m621 347l2622 0"));
  EXPECT_EQ(CountOf(svg, "class=\"interval\""), 1U);
}

TEST(StripChartFile, IsTheChartWithItsCaptionAndColours) {
  const std::string file = StripChartFile(Chart({0, 10}, {10}));
  EXPECT_EQ(WhatIsMalformed(file), "");
  EXPECT_THAT(file, HasSubstr("viewBox=\"0 0 360 116\""));  // 4 + 2 * 36 + 18, and 22
  EXPECT_THAT(file, HasSubstr(">loss: same</text>"));
  EXPECT_THAT(file, HasSubstr("m621 202h0m2622 0h0"));
  EXPECT_THAT(file, HasSubstr("prefers-color-scheme:dark"));
  EXPECT_EQ(StripChartFile(Chart({}, {})), "");
}

TEST(DrawStripChart, JoinsPairsOnlyWhereThereAreSome) {
  StripChart chart = Chart({0, 10}, {10, 0});
  EXPECT_THAT(DrawStripChart(chart).str(), Not(HasSubstr("pair")));
  chart.paired = true;
  EXPECT_THAT(
      DrawStripChart(chart).str(),
      HasSubstr("class=\"pair\" transform=\"scale(.1)\" d=\"m621 202l2622 360m0-360l-2622 360\""));
}

TEST(DrawStripChart, CountsWhatItCannotDraw) {
  const double nan = std::nan("");
  const std::string svg = DrawStripChart(Chart({1, nan}, {nan, 2})).str();
  EXPECT_THAT(svg, HasSubstr("; 2 values are not finite"));
  EXPECT_TRUE(DrawStripChart(Chart({nan}, {nan})).empty());
  EXPECT_TRUE(DrawStripChart(Chart({}, {})).empty());
}

TEST(DrawStripChart, NothingOfANameIsMarkup) {
  StripChart chart = Chart({1}, {2});
  chart.name = chart.units = chart.remark = chart.arms[0].name = "<img src=\"x\">\x07";
  const std::string svg = DrawStripChart(chart).str();
  EXPECT_EQ(WhatIsMalformed(svg), "");
  EXPECT_THAT(svg, Not(HasSubstr("<img")));
}

}  // namespace
}  // namespace bench::results
