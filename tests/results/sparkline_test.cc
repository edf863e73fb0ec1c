#include "results/sparkline.h"

#include <limits>
#include <vector>

#include "gtest/gtest.h"

namespace bench::results {
namespace {

std::string Of(const std::vector<double>& values, int64_t cells) {
  return Sparkline(values, cells);
}

TEST(Sparkline, SmallestIsLowestAndLargestHighest) {
  EXPECT_EQ(Of({0, 1, 2, 3, 4, 5, 6, 7}, 8), "▁▂▃▄▅▆▇█");
  EXPECT_EQ(Of({5, -5}, 80), "█▁");
}

TEST(Sparkline, MoreValuesThanCellsAreAveraged) {
  // Shares {0, 2}, {4, 6}, {8, 10}: means 1, 5, 9, so heights 0, 8 x 4/8 = 4, 7.
  EXPECT_EQ(Of({0, 2, 4, 6, 8, 10}, 3), "▁▅█");
  // Shares of 5 values in 2 cells: {1, 3}, {5, 7, 9}.
  EXPECT_EQ(Of({1, 3, 5, 7, 9}, 2), "▁█");
}

TEST(Sparkline, EqualValuesAreLowest) { EXPECT_EQ(Of({3, 3, 3}, 3), "▁▁▁"); }

TEST(Sparkline, WhatIsNotFiniteIsMarkedAndMovesNoBar) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(Of({0, nan, 1, -infinity}, 4), "▁!█!");
  EXPECT_EQ(Of({nan}, 4), "!");
}

TEST(Sparkline, TheLargestFiniteNumbersDoNotOverflow) {
  const double huge = std::numeric_limits<double>::max();
  EXPECT_EQ(Of({-huge, 0, huge}, 3), "▁▅█");
}

TEST(Sparkline, NothingIsEmpty) {
  EXPECT_EQ(Of({}, 8), "");
  EXPECT_EQ(Of({1, 2}, 0), "");
}

}  // namespace
}  // namespace bench::results
