#include "results/pages/axis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace bench::results {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pointwise;

// 10.8 / 6 = 1.8: the next round step is 2, whose multiples from -0.4 to 10.4 are six.
TEST(LinearAxis, HasRoundTicks) {
  const Axis axis = LinearAxis(-0.4, 10.4, 6);
  EXPECT_THAT(axis.ticks, ElementsAre(0, 2, 4, 6, 8, 10));
  EXPECT_THAT(axis.tick_texts, ElementsAre("0", "2", "4", "6", "8", "10"));
  EXPECT_DOUBLE_EQ(axis.Position(10.4), 1);
  EXPECT_DOUBLE_EQ(axis.Position(5), 0.5);
}

// Multiples of 2 from 0 to 10 would be six; of 5 they are three.
TEST(LinearAxis, HasNoMoreTicksThanAskedFor) {
  EXPECT_THAT(LinearAxis(0, 10, 5).ticks, ElementsAre(0, 5, 10));
}

// 0.012 / 4 = 0.003: the next round step is 0.005.
TEST(LinearAxis, WritesAsManyDigitsAsTellTicksApart) {
  EXPECT_THAT(LinearAxis(3.25, 3.262, 4).tick_texts, ElementsAre("3.250", "3.255", "3.260"));
}

TEST(LinearAxis, WritesThousandsAndMillionsShortly) {
  EXPECT_THAT(LinearAxis(0, 30'000, 5).tick_texts, ElementsAre("0", "10k", "20k", "30k"));
  EXPECT_THAT(LinearAxis(0, 2'200'000, 5).tick_texts,
              ElementsAre("0", "0.5M", "1.0M", "1.5M", "2.0M"));
}

// A tenth of the value on either side.
TEST(LinearAxis, OfOneValueIsWider) {
  const Axis axis = LinearAxis(60, 60, 5);
  EXPECT_DOUBLE_EQ(axis.low, 54);
  EXPECT_DOUBLE_EQ(axis.high, 66);
  EXPECT_DOUBLE_EQ(LinearAxis(0, 0, 5).low, -1);
  EXPECT_THAT(LinearAxis(1, std::nextafter(1, 2), 5).ticks, Not(IsEmpty()));
}

TEST(LinearAxis, HasFewRisingTicksWithinItForAnyValues) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> mantissa(-10, 10), exponent(-300, 299);
  for (int i = 0; i < 20'000; ++i) {
    const double a = mantissa(random) * std::pow(10, exponent(random));
    const double b =
        i % 3 == 0 ? a * (1 + 1e-11) : mantissa(random) * std::pow(10, exponent(random));
    const Axis axis = LinearAxis(std::min(a, b), std::max(a, b), 5);
    ASSERT_LT(axis.low, axis.high);
    ASSERT_LE(axis.ticks.size(), 5U) << a << " " << b;
    ASSERT_EQ(axis.ticks.size(), axis.tick_texts.size());
    for (size_t t = 0; t < axis.ticks.size(); ++t) {
      // A multiple of the step may pass the end by rounding.
      ASSERT_GE(axis.Position(axis.ticks[t]), -1e-3);
      ASSERT_LE(axis.Position(axis.ticks[t]), 1 + 1e-3);
      if (t == 0) continue;
      ASSERT_LT(axis.ticks[t - 1], axis.ticks[t]);
    }
  }
}

TEST(LogarithmicAxis, HasPowersOfTen) {
  const Axis axis = LogarithmicAxis(0.5, 2000, 6);
  EXPECT_THAT(axis.ticks, Pointwise(::testing::DoubleEq(), {1., 10., 100., 1000.}));
  EXPECT_THAT(axis.tick_texts, ElementsAre("1", "10", "100", "1000"));
  EXPECT_NEAR(axis.Position(std::sqrt(0.5 * 2000)), 0.5, 1e-12);
}

TEST(LogarithmicAxis, HasEverySecondPowerWhereThereAreMany) {
  EXPECT_THAT(LogarithmicAxis(1e-4, 1e4, 6).ticks,
              Pointwise(::testing::DoubleEq(), {1e-4, 1e-2, 1., 1e2, 1e4}));
}

TEST(LogarithmicAxis, HasOneTwoAndFiveWherePowersAreFew) {
  EXPECT_THAT(LogarithmicAxis(3, 60, 6).ticks, ElementsAre(5, 10, 20, 50));
}

TEST(DisplayUnitsOf, FollowsTheLargestValue) {
  EXPECT_EQ(DisplayUnitsOf("bytes", 3 << 20).name, "MiB");
  EXPECT_EQ((3 << 20) * DisplayUnitsOf("bytes", 3 << 20).factor, 3);
  EXPECT_EQ(DisplayUnitsOf("s", 0.25).name, "ms");
  EXPECT_EQ(0.25 * DisplayUnitsOf("s", 0.25).factor, 250);
  EXPECT_EQ(DisplayUnitsOf("s", 2).name, "s");
  EXPECT_EQ(DisplayUnitsOf("1", 5).name, "");
  EXPECT_EQ(DisplayUnitsOf("nats", 5).name, "nats");
  EXPECT_EQ(DisplayUnitsOf("nats", 5).factor, 1);
}

TEST(Drawable, IsNothingThatIsNotFinite) {
  EXPECT_TRUE(Drawable(-1e300));
  for (const double value : {std::nan(""), std::numeric_limits<double>::infinity(), 2e300}) {
    EXPECT_FALSE(Drawable(value));
  }
}

}  // namespace
}  // namespace bench::results
