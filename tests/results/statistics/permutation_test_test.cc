#include "results/statistics/permutation_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/status.h"
#include "tests/results/statistics/normal_draws.h"
#include "tests/results/statistics/scipy_cases.h"

namespace bench::results {
namespace {

using Sample = std::vector<double>;

TEST(UnpairedPermutationTest, EqualsScipy) {
  for (const auto& row : ScipyCases("unpaired_permutation")) {
    for (const auto& [name, tail] : kTails) {
      const auto result =
          UnpairedPermutationTest(Numbers(row.at("base")), Numbers(row.at("head")), {.tail = tail});
      EXPECT_TRUE(result->exact);
      ExpectClose(result->difference, row.at("difference"), 1e-11);
      ExpectClose(result->p_value, OfTail(row.at("p"), name));
    }
  }
}

TEST(PairedPermutationTest, EqualsScipy) {
  for (const auto& row : ScipyCases("paired_permutation")) {
    for (const auto& [name, tail] : kTails) {
      const auto result =
          PairedPermutationTest(Numbers(row.at("base")), Numbers(row.at("head")), {.tail = tail});
      EXPECT_TRUE(result->exact);
      ExpectClose(result->difference, row.at("difference"), 1e-11);
      ExpectClose(result->p_value, OfTail(row.at("p"), name));
    }
  }
}

// Differences 0.1, 0.2, 0.3 in the order of 0.3 - 0.2 - 0.1: the sign vectors with sum 0 tie only
// up to rounding. At least 0: {+++, -++, +-+, ++-, --+} of 8, the last one being 0.
TEST(PairedPermutationTest, TiesAreNotLostToRounding) {
  const Sample base = {0, 0, 0};
  EXPECT_EQ(PairedPermutationTest(base, Sample{0.3, -0.2, -0.1}, {.tail = Tail::kGreater})->p_value,
            5.0 / 8);
  EXPECT_EQ(PairedPermutationTest(base, Sample{-0.1, 0.3, -0.2}, {.tail = Tail::kGreater})->p_value,
            5.0 / 8);
}

TEST(PermutationTests, SeparatedArmsHaveTheSmallestPValue) {
  const Sample base = {1, 2, 3, 4, 5, 6};
  const Sample head = {11, 12, 13, 14, 15, 16};
  EXPECT_DOUBLE_EQ(UnpairedPermutationTest(base, head)->p_value, SmallestUnpairedPValue(6, 6));
  EXPECT_DOUBLE_EQ(PairedPermutationTest(base, head)->p_value, SmallestPairedPValue(6));
  EXPECT_DOUBLE_EQ(SmallestUnpairedPValue(6, 6), 2.0 / 924);
  EXPECT_DOUBLE_EQ(SmallestPairedPValue(9), 2.0 / 512);
  EXPECT_DOUBLE_EQ(SmallestPairedPValue(9, Tail::kLess), 1.0 / 512);
}

// 24 pairs are sampled. For symmetric differences of one magnitude the sum is binomial: with 17 of
// 24 positive P(X >= 17) = 0.03196; four standard errors of 9,999 draws are 0.0071.
TEST(PairedPermutationTest, SampleApproximatesTheExactPValue) {
  const Sample base(24, 0.0);
  Sample head(24, 1.0);
  std::fill_n(head.begin(), 7, -1.0);
  const PermutationOptions options = {.tail = Tail::kGreater, .seed = 3};
  const auto result = PairedPermutationTest(base, head, options);
  EXPECT_FALSE(result->exact);
  EXPECT_EQ(result->num_arrangements, 9999);
  EXPECT_NEAR(result->p_value, 0.03196, 0.0071);
  EXPECT_EQ(PairedPermutationTest(base, head, options)->p_value, result->p_value);
}

TEST(UnpairedPermutationTest, SampledPValueIsNeverZero) {
  const Sample base(15, 0.0);
  const Sample head(15, 1.0);
  const auto result = UnpairedPermutationTest(base, head, {.num_resamples = 99});
  EXPECT_FALSE(result->exact);
  EXPECT_DOUBLE_EQ(result->p_value, 0.02);
}

TEST(PermutationTests, RefuseWhatCannotBePermuted) {
  EXPECT_EQ(ExitCodeFor(PairedPermutationTest(Sample{1}, Sample{1, 2}).status()), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(UnpairedPermutationTest(Sample{}, Sample{1}).status()), ExitCode::kUsage);
  EXPECT_EQ(
      ExitCodeFor(UnpairedPermutationTest(Sample{1}, Sample{2}, {.num_resamples = 0}).status()),
      ExitCode::kUsage);
}

}  // namespace
}  // namespace bench::results
