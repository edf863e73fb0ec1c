#include "results/pages/line_chart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "tests/results/pages/well_formed.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The values' axis goes from -0.4 to 10.4 (4% of room), in the picture from y = 190 up to 8; "10"
// is the widest of its texts, so that the plot begins at 8 + 2 * 7.6 = 23.2 and ends at 346. The
// value 0 is at 190 - 0.4 / 10.8 * 182 = 183.26, the value 10 at 190 - 10.4 / 10.8 * 182 = 14.74.
TEST(DrawLineChart, PutsPointsWhereTheirValuesAre) {
  const std::vector<int64_t> x = {0, 10};
  const std::vector<double> y = {0, 10};
  const std::string svg =
      DrawLineChart({"evals/loss", "nats", "tokens", {{"base", {{x, y}}}}}).str();
  EXPECT_EQ(WhatIsMalformed(svg), "");
  EXPECT_THAT(
      svg, HasSubstr("<path class=\"median\" transform=\"scale(.1)\" d=\"m232 1833l3228-1686\"/>"));
  EXPECT_THAT(svg, HasSubstr("<strong>evals/loss</strong>, nats<"));
  EXPECT_THAT(svg, HasSubstr("<title>evals/loss, nats, over tokens</title>"));
  EXPECT_THAT(svg, HasSubstr("<desc>base: 1 run, from 0 to 10</desc>"));
}

TEST(DrawLineChart, ShowsEveryRunTheMedianAndTheBand) {
  const std::vector<int64_t> x = {0, 10};
  const std::vector<double> low = {1, 1}, middle = {2, 2}, high = {4, 4};
  const std::string svg = DrawLineChart({"loss",
                                         "1",
                                         "steps",
                                         {{"base", {{x, low}, {x, middle}, {x, high}}},
                                          {"head", {{x, low}, {x, low}}}}})
                              .str();
  EXPECT_EQ(CountOf(svg, "class=\"run\""), 5U);
  EXPECT_EQ(CountOf(svg, "class=\"median\""), 2U);
  EXPECT_EQ(CountOf(svg, "class=\"band\""), 2U);
  EXPECT_THAT(svg, HasSubstr("base: 3 runs, median 2 to 2; head: 2 runs, median 1 to 1"));
}

TEST(DrawLineChart, IsLogarithmicOverTwoDecadesOfPositiveValues) {
  const std::vector<int64_t> x = {0, 1};
  const std::vector<double> wide = {0.01, 1}, less = {0.02, 1}, negative = {-1, 1000};
  const auto text = [&](const std::vector<double>& y) {
    return DrawLineChart({"m", "1", "steps", {{"base", {{x, y}}}}}).str();
  };
  EXPECT_THAT(text(wide), HasSubstr("logarithmic"));
  EXPECT_THAT(text(less), Not(HasSubstr("logarithmic")));
  EXPECT_THAT(text(negative), Not(HasSubstr("logarithmic")));
}

TEST(DrawLineChart, CountsWhatItCannotDraw) {
  const std::vector<int64_t> x = {0, 1, 2, 3};
  const std::vector<double> y = {1, std::nan(""), 2, 3};
  const std::string svg = DrawLineChart({"m", "1", "steps", {{"base", {{x, y}}}}}).str();
  EXPECT_THAT(svg, HasSubstr("; 1 value is not finite"));
  EXPECT_EQ(svg.find("nan"), std::string::npos);
  const std::vector<double> none(4, std::nan(""));
  EXPECT_TRUE(DrawLineChart({"m", "1", "steps", {{"base", {{x, none}}}}}).empty());
  EXPECT_TRUE(DrawLineChart({"m", "1", "steps", {}}).empty());
}

// 40 charts of this size are less than 5 MB: 2 x 20 runs of noise, which no thinning makes smaller.
TEST(DrawLineChart, OfManyLongRunsStaysSmall) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> noise;
  const size_t num_steps = 100'000;
  std::vector<int64_t> x(num_steps);
  for (size_t i = 0; i < num_steps; ++i) x[i] = static_cast<int64_t>(i);
  std::vector<std::vector<double>> runs(20, std::vector<double>(num_steps));
  for (auto& run : runs) {
    for (double& value : run) value = noise(random);
  }
  LineChart chart = {"steps/loss", "nats", "steps", {{"base", {}}, {"head", {}}}};
  for (const auto& run : runs) {
    chart.arms[0].runs.push_back({x, run});
    chart.arms[1].runs.push_back({x, run});
  }
  EXPECT_LT(DrawLineChart(chart).str().size(), 5'000'000U / 40);
}

// 1,000 runs of one arm and one of the other: 108 and 1 have lines. The band and the axis are those
// of all, also of run 500, which alone reaches 1,000 and has no line (i * 999 / 107 skips it).
TEST(DrawLineChart, OfVeryManyRunsSomeHaveLines) {
  std::vector<int64_t> x(200);
  for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<int64_t>(i);
  std::vector<std::vector<double>> runs;
  for (int run = 0; run < 1000; ++run) {
    runs.emplace_back(x.size(), 0.0);
    for (size_t i = 0; i < x.size(); i += 2) runs.back()[i] = 1 + run % 7;
  }
  runs[500][100] = 1000;
  LineChart chart = {"loss", "1", "steps", {{"base", {}}, {"head", {{x, runs[0]}}}}};
  for (const auto& run : runs) chart.arms[0].runs.push_back({x, run});
  const std::string svg = DrawLineChart(chart).str();
  EXPECT_EQ(CountOf(svg, "class=\"run\""), 108U);
  EXPECT_THAT(svg, HasSubstr("; 109 of 1001 runs have lines<"));
  EXPECT_THAT(svg, HasSubstr("<desc>base: 1000 runs (108 with lines), median"));
  EXPECT_THAT(svg, HasSubstr("; head: 1 run, from"));
  EXPECT_THAT(svg, HasSubstr(">1000<"));  // a tick of the axis
  EXPECT_LT(svg.size(), 5'000'000U / 40);
}

TEST(DrawLineChart, NothingOfANameIsMarkup) {
  const std::vector<int64_t> x = {0, 1};
  const std::vector<double> y = {1, 2};
  const std::string evil = "</svg><script>\x1B";
  const std::string svg = DrawLineChart({evil, evil, evil, {{evil, {{x, y}}}}}).str();
  EXPECT_EQ(WhatIsMalformed(svg), "");
  EXPECT_THAT(svg, Not(HasSubstr("<script")));
}

}  // namespace
}  // namespace bench::results
