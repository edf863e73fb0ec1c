#include "results/statistics/t_test.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "base/status.h"
#include "results/statistics/permutation_test.h"
#include "tests/results/statistics/scipy_cases.h"

namespace bench::results {
namespace {

using Sample = std::vector<double>;
using TTest = std::function<absl::StatusOr<TTestResult>(
    std::span<const double>, std::span<const double>, const TTestOptions&)>;

void ExpectEnd(double actual, const nlohmann::json& expected) {
  if (expected.is_null()) {
    EXPECT_TRUE(std::isinf(actual));
  } else {
    // Around 10, from subtractions that lose up to two digits.
    EXPECT_NEAR(actual, expected.get<double>(), 1e-11);
  }
}

void ExpectScipy(const std::string& name, const TTest& test) {
  for (const auto& row : ScipyCases(name)) {
    const Sample base = Numbers(row.at("base"));
    const Sample head = Numbers(row.at("head"));
    for (const auto& [tail_name, tail] : kTails) {
      const auto result = test(base, head, {.tail = tail, .level = 0.95});
      ASSERT_TRUE(result.ok());
      // Differences of values around 10 that agree in up to two digits.
      ExpectClose(result->statistic, row.at("statistic"), 1e-11);
      ExpectClose(result->degrees_of_freedom, row.at("degrees_of_freedom"), 1e-11);
      ExpectClose(result->difference, row.at("difference"), 1e-11);
      ExpectClose(result->p_value, OfTail(row.at("p"), tail_name), 1e-10);
      const auto& interval = row.at("interval").at(std::string(tail_name));
      ExpectEnd(result->interval.low, interval.at(0));
      ExpectEnd(result->interval.high, interval.at(1));
      EXPECT_FALSE(result->zero_variance);
    }
  }
}

TEST(WelchTTest, EqualsScipy) { ExpectScipy("welch", WelchTTest); }
TEST(PairedTTest, EqualsScipy) { ExpectScipy("paired_t", PairedTTest); }

TEST(WelchTTest, EqualConstantsDoNotDiffer) {
  const auto result = WelchTTest(Sample(3, 0.1), Sample(5, 0.1));
  EXPECT_TRUE(result->zero_variance);
  EXPECT_EQ(result->statistic, 0);
  EXPECT_EQ(result->p_value, 1);
  EXPECT_EQ(result->interval, (Interval{0, 0}));
}

// No spread is no certainty: the p-value is that of relabelling, which needs no estimate of it.
TEST(WelchTTest, DifferentConstantsHaveThePValueOfRelabelling) {
  const Sample base(4, 1.0);
  const Sample head(3, 2.0);
  for (const auto& [name, tail] : kTails) {
    const auto result = WelchTTest(base, head, {.tail = tail});
    EXPECT_TRUE(result->zero_variance);
    EXPECT_EQ(result->statistic, INFINITY);
    EXPECT_EQ(result->interval, (Interval{1, 1}));
    EXPECT_DOUBLE_EQ(result->p_value, UnpairedPermutationTest(base, head, {.tail = tail})->p_value);
  }
}

TEST(WelchTTest, OneConstantArmIsNoSpecialCase) {
  // v_b = 1, n = 3: t = 2 / sqrt(1/3), 2 degrees of freedom, those of the arm that spreads.
  const auto result = WelchTTest(Sample{0, 1, 2}, Sample{3, 3});
  EXPECT_FALSE(result->zero_variance);
  EXPECT_DOUBLE_EQ(result->statistic, 2 * std::sqrt(3.0));
  EXPECT_DOUBLE_EQ(result->degrees_of_freedom, 2);
}

// 0.3 - 0.2, 1.3 - 1.2 and 2.3 - 2.2 are three different doubles.
TEST(PairedTTest, PairsApartByTheSameUpToRoundingHaveNoSpread) {
  const auto result = PairedTTest(Sample{0.2, 1.2, 2.2}, Sample{0.3, 1.3, 2.3});
  EXPECT_TRUE(result->zero_variance);
  EXPECT_NEAR(result->difference, 0.1, 1e-15);
  EXPECT_DOUBLE_EQ(result->p_value, 0.25);
}

// 0.1 + 0.2 is one unit in the last place above 0.3.
TEST(PairedTTest, DifferencesOfRoundingAreNone) {
  const auto result = PairedTTest(Sample{0.3, 1.0}, Sample{0.1 + 0.2, 1.0});
  EXPECT_TRUE(result->zero_variance);
  EXPECT_EQ(result->p_value, 1);
}

TEST(TTests, RefuseSamplesThatHaveNoVariance) {
  EXPECT_EQ(ExitCodeFor(WelchTTest(Sample{1}, Sample{1, 2}).status()), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(PairedTTest(Sample{1, 2, 3}, Sample{1, 2}).status()), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(PairedTTest(Sample{1, 2}, Sample{1, NAN}).status()), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(WelchTTest(Sample{1, 2}, Sample{1, 2}, {.level = 95}).status()),
            ExitCode::kUsage);
}

}  // namespace
}  // namespace bench::results
