#include "results/pages/range_bars.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/results/pages/well_formed.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;

// Of 100 units: a quarter is 25, 250 tenths; bars are 10 apart.
TEST(RangeBars, AreAsLongAsTheirShare) {
  const std::string svg = RangeBars({1, 4}, 4).str();
  EXPECT_EQ(WhatIsMalformed(svg), "");
  EXPECT_THAT(svg, HasSubstr("d=\"m0 50l250 0\""));
  EXPECT_THAT(svg, HasSubstr("d=\"m0 150l1000 0\""));
  EXPECT_THAT(svg, HasSubstr("aria-hidden=\"true\""));
}

TEST(RangeBars, OfNoUsableValueAreNone) {
  const std::string svg = RangeBars({std::nan(""), -1, 0, 5}, 4).str();
  EXPECT_EQ(svg.find("<path"), std::string::npos);
}

}  // namespace
}  // namespace bench::results
