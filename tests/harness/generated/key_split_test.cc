#include "harness/generated/key_split.h"

#include <gtest/gtest.h>

#include <string>

#include "base/sha256.h"

namespace bench::harness::generated {
namespace {

// By the sentence in the header: SHA-256 of the named text, its first eight bytes the lowest first.
TEST(KeySplit, HashesAsDocumented) {
  const std::string hex = Sha256Hex("bench-seed\n7\nrows\n0\nkey/1+2\n");
  uint64_t expected = 0;
  for (size_t byte = 0; byte < 8; ++byte) {
    expected |= static_cast<uint64_t>(std::stoul(hex.substr(2 * byte, 2), nullptr, 16))
                << (8 * byte);
  }
  EXPECT_EQ(KeySplit(7, 0.1).Hash("1+2"), expected);
  EXPECT_NE(KeySplit(8, 0.1).Hash("1+2"), expected);
}

// 10,000 keys with a probability of 0.1: 30 is the standard deviation.
TEST(KeySplit, HoldsOutTheFractionOfTheKeys) {
  const KeySplit split(1, 0.1);
  int64_t count = 0;
  for (int i = 0; i < 10000; ++i) count += split.IsHeldOut(std::to_string(i)) ? 1 : 0;
  EXPECT_NEAR(static_cast<double>(count), 1000, 150);
}

TEST(KeySplit, ALargerFractionKeepsWhatASmallerOneHeldOut) {
  const KeySplit small(1, 0.1);
  const KeySplit large(1, 0.3);
  for (int i = 0; i < 1000; ++i) {
    const std::string key = std::to_string(i);
    EXPECT_LE(small.IsHeldOut(key), large.IsHeldOut(key)) << i;
  }
}

}  // namespace
}  // namespace bench::harness::generated
