#include "harness/data/held_out.h"

#include <gtest/gtest.h>

namespace bench::harness {
namespace {

// hashlib.sha256(b"bench-split\na\nb").hexdigest()[:13] = af458d1a72f9b, of "a" and ""
// 4a037554f1c23: divided by 2^52.
TEST(IsHeldOut, ComparesTheFirst52BitsOfTheHashWithTheFraction) {
  constexpr double kAB = 0xaf458d1a72f9bp-52;
  constexpr double kA = 0x4a037554f1c23p-52;
  EXPECT_FALSE(IsHeldOut("a", "b", kAB));
  EXPECT_TRUE(IsHeldOut("a", "b", kAB + 0x1p-52));
  EXPECT_FALSE(IsHeldOut("a", "", kA));
  EXPECT_TRUE(IsHeldOut("a", "", kA + 0x1p-52));
}

}  // namespace
}  // namespace bench::harness
