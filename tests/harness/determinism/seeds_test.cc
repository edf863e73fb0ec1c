#include "harness/determinism/seeds.h"

#include <set>

#include "gtest/gtest.h"

namespace bench::harness {
namespace {

// hashlib.sha256(b"bench-seed\n7\nweights\n0\n").digest()[:8], little endian, and so on.
TEST(Seeds, EqualAnIndependentComputation) {
  EXPECT_EQ((SeedSource{7, 0}).For(SeedPurpose::kWeights), 0xbd3ee3bbb1a71ec5ull);
  EXPECT_EQ((SeedSource{7, 3}).For(SeedPurpose::kDataOrder), 0xe162182881aa1b77ull);
  EXPECT_EQ((SeedSource{7, 0}).For(SeedPurpose::kSampling, "row/5"), 0xa982ef8c80d6fd36ull);
}

TEST(Seeds, DifferByBaseSeedPurposeReplicateAndStream) {
  const SeedSource source{1, 0};
  const std::set<uint64_t> seeds = {
      source.For(SeedPurpose::kWeights),           source.For(SeedPurpose::kDataOrder),
      source.For(SeedPurpose::kSampling),          source.For(SeedPurpose::kSampling, "a"),
      SeedSource{1, 1}.For(SeedPurpose::kWeights), SeedSource{2, 0}.For(SeedPurpose::kWeights)};
  EXPECT_EQ(seeds.size(), 6u);
}

}  // namespace
}  // namespace bench::harness
