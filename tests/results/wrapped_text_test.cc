#include "results/wrapped_text.h"

#include <gtest/gtest.h>

namespace bench::results {
namespace {

TEST(Wrapped, BreaksBetweenWords) {
  EXPECT_EQ(Wrapped("aa bb cc", 5), "aa bb\n  cc\n");
  EXPECT_EQ(Wrapped("aa bb cc", 8), "aa bb cc\n");
  EXPECT_EQ(Wrapped("", 8), "\n");
}

TEST(Wrapped, BeginsLinesAsAsked) { EXPECT_EQ(Wrapped("aa bb", 4, "- ", "  "), "- aa\n  bb\n"); }

TEST(Wrapped, ALongWordIsNotBroken) { EXPECT_EQ(Wrapped("a bbbbbb c", 4), "a\n  bbbbbb\n  c\n"); }

}  // namespace
}  // namespace bench::results
