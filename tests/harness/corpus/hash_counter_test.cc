#include "harness/corpus/hash_counter.h"

#include <gtest/gtest.h>

#include <map>

#include "harness/determinism/random.h"

namespace bench::corpus {
namespace {

TEST(HashCounter, CountsAsAMapDoesThroughResetsOfAllSizes) {
  HashCounter counter;
  harness::Random random(3);
  for (const size_t size : {10u, 1000u, 3u, 0u, 5000u, 64u}) {
    counter.Reset(size);
    std::map<uint64_t, uint32_t> expected;
    for (size_t i = 0; i < size; ++i) {
      const uint64_t hash = random.Below(size / 2 + 1) << 40;  // collides in the low bits; 0 too
      EXPECT_EQ(counter.Add(hash), expected[hash]++);
    }
    for (const auto& [hash, count] : expected) EXPECT_EQ(counter.Count(hash), count);
  }
}

}  // namespace
}  // namespace bench::corpus
