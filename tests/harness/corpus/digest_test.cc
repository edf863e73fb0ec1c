#include "harness/corpus/digest.h"

#include <gtest/gtest.h>

namespace bench::corpus {
namespace {

// `printf '' | xxhsum -H2`, and the same for "a" and the sentence (xxhsum 0.8.1).
TEST(Digest, EqualsXxhsum) {
  EXPECT_EQ(Hex(DigestOf("")), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(Hex(DigestOf("a")), "a96faf705af16834e6c632b61e964e1f");
  EXPECT_EQ(Hex(DigestOf("The quick brown fox jumps over the lazy dog")),
            "ddd650205ca3e7fa24a1cc2e3a8a7651");
}

TEST(Digest, OrderIsThatOfTheHexDigits) {
  const Digest128 a = DigestOf("one"), b = DigestOf("two");
  EXPECT_EQ(a < b, Hex(a) < Hex(b));
  EXPECT_LT((Digest128{1, ~uint64_t{0}}), (Digest128{2, 0}));
}

}  // namespace
}  // namespace bench::corpus
