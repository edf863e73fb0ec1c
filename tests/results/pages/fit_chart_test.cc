#include "results/pages/fit_chart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <regex>
#include <string>

#include "tests/results/pages/well_formed.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

RecordedFit Fit() {
  RecordedFit fit;
  fit.title = "loss by parameters: power_law";
  fit.x = "parameters";
  fit.y = "loss";
  fit.quantities = {{"exponent", 0.5}, {"held_out_x", 1000}, {"predicted", 5}};
  fit.points = {{10, 10, {}}, {100, 6, {}}, {1000, 0, {}}};
  fit.curve = {{10, 10, Interval{9, 10}}, {100, 6, Interval{5, 7}}, {1000, 5, Interval{4, 6}}};
  return fit;
}

TEST(DrawFitChart, HasDotsCurveBandAndPrediction) {
  const std::string svg = DrawFitChart(Fit()).str();
  EXPECT_EQ(WhatIsMalformed(svg), "");
  for (const char* part : {"dots", "median", "band", "interval"}) {
    EXPECT_EQ(CountOf(svg, std::string("class=\"") + part + "\""), 1U) << part;
  }
  EXPECT_THAT(svg, HasSubstr("<strong>loss by parameters: power_law</strong>"));
  EXPECT_THAT(svg, HasSubstr(">parameters</text>"));
  EXPECT_THAT(svg, HasSubstr("<desc>3 values; exponent 0.5; held_out_x 1000; predicted 5</desc>"));
}

// 10, 100 and 1000 are equally far apart, up to a tenth of a unit.
TEST(DrawFitChart, XIsLogarithmic) {
  const std::string svg = DrawFitChart(Fit()).str();
  static const std::regex kDots(
      R"re(class="dots"[^>]* d="m(\d+) \d+h0m(\d+)[ -]\d+h0m(\d+)[ -]\d+h0")re");
  std::smatch match;
  ASSERT_TRUE(std::regex_search(svg, match, kDots)) << svg;
  EXPECT_NEAR(std::stod(match[2]), std::stod(match[3]), 1);
}

TEST(DrawFitChart, WithoutIntervalsThereIsNoBandAndWithoutAPointHeldOutNoMark) {
  RecordedFit fit = Fit();
  for (FittedPoint& point : fit.curve) point.interval.reset();
  fit.quantities.erase("held_out_x");
  const std::string svg = DrawFitChart(fit).str();
  EXPECT_EQ(WhatIsMalformed(svg), "");
  EXPECT_THAT(svg, Not(HasSubstr("class=\"band\"")));
  EXPECT_THAT(svg, Not(HasSubstr("class=\"interval\"")));
}

TEST(DrawFitChart, WhatCannotBeDrawnIsLeftOut) {
  RecordedFit fit = Fit();
  fit.points = {{0, 1, {}}, {10, std::nan(""), {}}};
  EXPECT_TRUE(DrawFitChart(fit).empty());
}

}  // namespace
}  // namespace bench::results
