#include "harness/run/acceptance.h"

#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "results/metrics.h"

namespace bench::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<results::MetricValue> Measured(double value) {
  return {{{&results::kExactMatch, "t"}, value}};
}

TEST(UnmetBounds, AcceptsTheBoundsThemselves) {
  EXPECT_THAT(UnmetBounds({{"exact_match/t", 0.2, 0.4}}, Measured(0.2)), IsEmpty());
  EXPECT_THAT(UnmetBounds({{"exact_match/t", 0.2, 0.4}}, Measured(0.4)), IsEmpty());
}

TEST(UnmetBounds, NamesMetricValueAndBound) {
  EXPECT_THAT(UnmetBounds({{"exact_match/t", 0.2, std::nullopt}}, Measured(0.19)),
              ElementsAre("exact_match/t = 0.19, must be at least 0.2"));
  EXPECT_THAT(UnmetBounds({{"exact_match/t", std::nullopt, 0.1}}, Measured(0.19)),
              ElementsAre(HasSubstr("at most 0.1")));
}

TEST(UnmetBounds, AValueJustOutsideItsBoundLooksDifferentFromIt) {
  EXPECT_THAT(UnmetBounds({{"exact_match/t", 0.2, std::nullopt}}, Measured(0.1999999999)),
              ElementsAre("exact_match/t = 0.1999999999, must be at least 0.2"));
}

TEST(UnmetBounds, WhatWasNotMeasuredOrIsNotANumberIsNeverAccepted) {
  EXPECT_THAT(UnmetBounds({{"exact_match/u", 0.0, std::nullopt}}, Measured(1)),
              ElementsAre(HasSubstr("not measured")));
  EXPECT_THAT(UnmetBounds({{"exact_match/t", 0.0, std::nullopt}}, Measured(std::nan(""))),
              ElementsAre(HasSubstr("at least 0")));
}

}  // namespace
}  // namespace bench::harness
