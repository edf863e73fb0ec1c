#include "base/random.h"

#include <algorithm>
#include <cmath>

#include "gtest/gtest.h"

namespace bench {
namespace {

using Block = std::array<uint32_t, 4>;

// The known answers that Salmon et al. publish with Random123 (kat_vectors, philox4x32 10).
TEST(Philox, EqualsThePublishedKnownAnswers) {
  EXPECT_EQ(Philox4x32({0, 0, 0, 0}, {0, 0}),
            (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(Philox4x32({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}),
            (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(Philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Random, ContinuesExactlyFromASavedState) {
  Random whole(42);
  for (int i = 0; i < 100; ++i) whole.Next();
  Random resumed(whole.state());
  for (int i = 0; i < 100; ++i) EXPECT_EQ(resumed.Next(), whole.Next());
}

TEST(Random, FirstDrawIsTheLowHalfOfTheFirstBlock) {
  EXPECT_EQ(Random(0).Next(), 0xe169c58d6627e8d5ull);
}

TEST(Random, BelowIsUniformByChiSquare) {
  Random random(1);
  constexpr int kBins = 7;
  constexpr int kDraws = 70000;
  std::array<double, kBins> count{};
  for (int i = 0; i < kDraws; ++i) ++count[random.Below(kBins)];
  double chi2 = 0;
  constexpr double kExpected = double{kDraws} / kBins;
  for (double c : count) chi2 += (c - kExpected) * (c - kExpected) / kExpected;
  EXPECT_LT(chi2, 22.46);  // the 0.999 quantile of chi-square with 6 degrees of freedom
}

TEST(Random, UniformIsInTheUnitIntervalWithItsMean) {
  Random random(2);
  double sum = 0;
  for (int i = 0; i < 100000; ++i) {
    const double u = random.Uniform();
    ASSERT_GE(u, 0.0);
    ASSERT_LT(u, 1.0);
    sum += u;
  }
  // Standard error 1/sqrt(12 n) = 0.00091; four of them.
  EXPECT_NEAR(sum / 100000, 0.5, 0.0037);
}

TEST(Random, PermutationHoldsEveryIndexOnceAndDiffersBySeed) {
  std::vector<int64_t> order = Random(3).Permutation(1000);
  EXPECT_NE(order, Random(4).Permutation(1000));
  EXPECT_EQ(order, Random(3).Permutation(1000));
  std::sort(order.begin(), order.end());
  for (int64_t i = 0; i < 1000; ++i) EXPECT_EQ(order[i], i);
}

}  // namespace
}  // namespace bench
