#include "results/statistics/descriptive.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/results/statistics/scipy_cases.h"

namespace bench::results {
namespace {

TEST(Descriptive, EqualsNumpyAndScipy) {
  for (const auto& row : ScipyCases("descriptive")) {
    const std::vector<double> values = Numbers(row.at("values"));
    ExpectClose(Mean(values), row.at("mean"));
    ExpectClose(Median(values), row.at("median"));
    if (values.size() > 1) ExpectClose(StandardDeviation(values), row.at("deviation"));
    ExpectClose(MedianAbsoluteDeviation(values), row.at("median_absolute_deviation"));
    ExpectClose(InterquartileMean(values), row.at("interquartile_mean"));
    for (const auto& [probability, quantile] : row.at("quantiles").items()) {
      ExpectClose(Quantile(values, std::stod(probability)), quantile);
    }
  }
}

TEST(Descriptive, EqualValuesHaveNoSpread) {
  const std::vector<double> values(7, 0.1);
  EXPECT_EQ(Mean(values), 0.1);
  EXPECT_EQ(StandardDeviation(values), 0);
  EXPECT_EQ(MedianAbsoluteDeviation(values), 0);
}

// Around 1e9 the squares lose all digits of a deviation of 1 unless the mean is taken first.
TEST(StandardDeviation, SurvivesALargeOffset) {
  const std::vector<double> values = {1e9 + 1, 1e9 + 2, 1e9 + 3};
  EXPECT_EQ(StandardDeviation(values), 1);
}

// 0 | 1 2 3 4 | 100 and the like: floor(6 / 4) = 1 value goes on each side.
TEST(InterquartileMean, LeavesOutAQuarterOnEachSide) {
  EXPECT_EQ(InterquartileMean(std::vector<double>{100, 1, 2, 3, 4, -50}), 2.5);
  EXPECT_EQ(InterquartileMean(std::vector<double>{1, 2, 9}), 4);
}

}  // namespace
}  // namespace bench::results
