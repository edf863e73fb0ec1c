#include "harness/training/exact_sum.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace bench::harness {
namespace {

double Sum(const std::vector<double>& values) {
  ExactSum sum;
  for (const double value : values) sum.Add(value);
  return sum.Value();
}

TEST(ExactSum, LosesNothingThatFloat64Would) {
  // In float64 the small ones vanish beside the large ones, which cancel.
  EXPECT_EQ(Sum({1e300, 1.0, -1e300}), 1.0);
  EXPECT_EQ(Sum({1e16, 1.0, 1.0, -1e16}), 2.0);
  EXPECT_EQ(Sum({std::ldexp(1.0, -1074), 1.0, -1.0}), std::ldexp(1.0, -1074));
  EXPECT_EQ(Sum({}), 0.0);
  EXPECT_EQ(Sum({0.1, -0.3}), 0.1 - 0.3);  // one rounding
}

TEST(ExactSum, HoldsTheLargestAndTheSmallestNumbers) {
  const double largest = std::numeric_limits<double>::max();
  EXPECT_EQ(Sum({largest, largest, -largest}), largest);
  EXPECT_EQ(Sum({std::numeric_limits<double>::denorm_min()}),
            std::numeric_limits<double>::denorm_min());
}

TEST(ExactSum, DoesNotDependOnOrderOrGrouping) {
  std::mt19937_64 random(1);
  std::vector<double> values;
  for (int i = 0; i < 2000; ++i) {
    values.push_back(std::ldexp(static_cast<double>(random() % 1000001) - 5e5,
                                static_cast<int>(random() % 200) - 100));
  }
  const double expected = Sum(values);
  long double reference = 0;
  std::vector<double> by_size = values;
  std::sort(by_size.begin(), by_size.end(),
            [](double a, double b) { return std::fabs(a) < std::fabs(b); });
  for (const double value : by_size) reference += value;
  EXPECT_NEAR(expected, static_cast<double>(reference), std::fabs(expected) * 1e-15);
  for (int i = 0; i < 10; ++i) {
    std::shuffle(values.begin(), values.end(), random);
    EXPECT_EQ(Sum(values), expected);
    ExactSum first, second;
    const size_t cut = random() % values.size();
    for (size_t j = 0; j < values.size(); ++j) (j < cut ? first : second).Add(values[j]);
    ExactSum both;
    both.Add(second.Carried());
    both.Add(first.Carried());
    EXPECT_EQ(both.Value(), expected);
  }
}

TEST(ExactSum, IsNaNOnceANumberWasNotFinite) {
  EXPECT_TRUE(std::isnan(Sum({1.0, std::numeric_limits<double>::infinity()})));
  EXPECT_TRUE(std::isnan(Sum({std::numeric_limits<double>::quiet_NaN(), 1.0})));
}

}  // namespace
}  // namespace bench::harness
