#include "harness/corpus/minhash.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tests/harness/corpus/dedup_texts.h"

namespace bench::corpus {
namespace {

TEST(MinHash, PermutationsAreInRangeAndAFunctionOfTheSeed) {
  const Permutations one = MakePermutations({.seed = 1}), again = MakePermutations({.seed = 1});
  EXPECT_EQ(one.b, again.b);
  EXPECT_NE(one.b, MakePermutations({.seed = 2}).b);
  ASSERT_EQ(one.b.size(), 112u);
  for (size_t k = 0; k < one.b.size(); ++k) {
    const uint64_t a = uint64_t{one.a_high[k]} << 32 | one.a_low[k];
    EXPECT_TRUE(a >= 1 && a < kMersenne61);
    EXPECT_LT(one.b[k], kMersenne61);
  }
  EXPECT_EQ(std::set<uint64_t>(one.b.begin(), one.b.end()).size(), 112u);
}

TEST(MinHash, EstimatesTheJaccardSimilarity) {
  constexpr int kPairs = 300;
  harness::Random random(17);
  MinHasher a({}), b({});
  for (const size_t num_shared : {0u, 20u, 60u, 100u, 140u, 160u, 180u, 200u}) {
    int64_t equal = 0;
    for (int pair = 0; pair < kPairs; ++pair) {
      const auto [first, second] = PairWithJaccard(random, num_shared);
      const auto& x = a.Signature(first);
      const auto& y = b.Signature(second);
      for (size_t k = 0; k < x.size(); ++k) equal += x[k] == y[k];
    }
    const double s = static_cast<double>(num_shared) / 200, n = 112.0 * kPairs;
    // Four standard deviations of a binomial share.
    EXPECT_NEAR(static_cast<double>(equal) / n, s, 4 * std::sqrt(s * (1 - s) / n)) << s;
  }
}

TEST(MinHash, ShortTextsHaveNoSignature) {
  MinHasher hasher({});
  EXPECT_TRUE(hasher.Signature("one two three four").empty());
  EXPECT_TRUE(hasher.BandKeys("one two three four").empty());
  EXPECT_EQ(hasher.BandKeys("one two three four five").size(), 14u);
}

TEST(MinHash, OneShinglesSignatureIsItsImages) {
  MinHasher hasher({.num_bands = 2, .rows_per_band = 3});
  const Permutations p = MakePermutations({.num_bands = 2, .rows_per_band = 3});
  Shingler shingler;
  HashHalves halves;
  halves.Assign(shingler.Shingles("a b c d e", {}));
  std::vector<uint64_t> images(p.b.size(), kMersenne61);
  LowerMinima(halves, p, images);
  images.resize(6);
  EXPECT_EQ(hasher.Signature("a b c d e"), images);
}

TEST(MinHash, EqualBandsOfDifferentNumbersHaveDifferentKeys) {
  // With one shingle and one row a band's minimum could repeat; the number keeps the keys apart.
  MinHasher hasher({});
  const auto keys = hasher.BandKeys("one two three four five six");
  EXPECT_EQ(std::set<uint64_t>(keys.begin(), keys.end()).size(), 14u);
}

TEST(MinHash, ThePresetChoosesTheSignature) {
  const std::string text = "One two, three: FOUR five 6.5";
  MinHasher hasher(
      {.num_bands = 2, .rows_per_band = 3, .preset = harness::MinHashPreset::kDatatrove});
  std::vector<uint64_t> expected;
  DatatroveMinHasher({.num_bands = 2, .rows_per_band = 3}).Signature(text, expected);
  EXPECT_EQ(hasher.Signature(text), expected);
  EXPECT_EQ(hasher.BandKeys(text).size(), 2u);
  EXPECT_TRUE(hasher.BandKeys("one two three four").empty());
}

}  // namespace
}  // namespace bench::corpus
