#include "harness/corpus/minhash_kernel.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "absl/numeric/int128.h"
#include "harness/determinism/random.h"

namespace bench::corpus {
namespace {

TEST(MinHashKernel, ReducesModuloTheMersennePrime) {
  for (const uint64_t x : {uint64_t{0}, kMersenne61 - 1, kMersenne61, kMersenne61 + 1,
                           2 * kMersenne61, ~uint64_t{0}, uint64_t{1} << 61, uint64_t{1} << 63}) {
    EXPECT_EQ(ReduceMersenne61(x), x % kMersenne61);
  }
}

// a, b, x at the ends of their ranges and random, against 128-bit arithmetic.
TEST(MinHashKernel, EqualsWideArithmetic) {
  harness::Random random(2);
  std::vector<uint64_t> a, b, hashes = {0, 1, kMersenne61 - 1, kMersenne61, ~uint64_t{0}};
  for (size_t k = 0; k < 2 * kPermutationLanes; ++k) {
    a.push_back(k % 4 == 0 ? kMersenne61 - 1 : 1 + random.Below(kMersenne61 - 1));
    b.push_back(k % 3 == 0 ? kMersenne61 - 1 : random.Below(kMersenne61));
  }
  for (int i = 0; i < 100; ++i) hashes.push_back(random.Next());
  Permutations permutations;
  for (size_t k = 0; k < a.size(); ++k) {
    permutations.a_low.push_back(static_cast<uint32_t>(a[k]));
    permutations.a_high.push_back(static_cast<uint32_t>(a[k] >> 32));
    permutations.b.push_back(b[k]);
  }
  std::vector<uint64_t> expected(a.size(), kMersenne61);
  for (const uint64_t hash : hashes) {  // one at a time, so that no value hides behind another
    std::vector<uint64_t> minima(a.size(), kMersenne61);
    HashHalves halves;
    halves.Assign({hash});
    LowerMinima(halves, permutations, minima);
    for (size_t k = 0; k < a.size(); ++k) {
      const absl::uint128 value = (absl::uint128(a[k]) * hash + b[k]) % kMersenne61;
      ASSERT_EQ(minima[k], absl::Uint128Low64(value)) << k << ' ' << hash;
      expected[k] = std::min(expected[k], minima[k]);
    }
  }
  HashHalves all;
  all.Assign(hashes);
  std::vector<uint64_t> minima(a.size(), kMersenne61);
  LowerMinima(all, permutations, minima);
  EXPECT_EQ(minima, expected);
}

}  // namespace
}  // namespace bench::corpus
