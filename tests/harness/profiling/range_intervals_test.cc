#include "harness/profiling/range_intervals.h"

#include <gtest/gtest.h>

namespace bench::harness {
namespace {

TEST(RangeIntervals, TheInnermostOpenRangeCountsFromItsBeginningToBeforeItsEnd) {
  const RangeIntervals ranges(
      {{10, 20, "forward"}, {0, 100, "step"}, {20, 90, "backward"}, {40, 50, "send_gradients"}});
  EXPECT_EQ(ranges.At(-1), "");
  EXPECT_EQ(ranges.At(0), "step");
  EXPECT_EQ(ranges.At(9), "step");
  EXPECT_EQ(ranges.At(10), "forward");
  EXPECT_EQ(ranges.At(19), "forward");
  EXPECT_EQ(ranges.At(20), "backward");
  EXPECT_EQ(ranges.At(45), "send_gradients");
  EXPECT_EQ(ranges.At(50), "backward");
  EXPECT_EQ(ranges.At(90), "step");
  EXPECT_EQ(ranges.At(100), "");
}

TEST(RangeIntervals, OfTwoThatBeginTogetherTheShorterIsTheInnerOne) {
  const RangeIntervals ranges({{0, 5, "data"}, {0, 10, "step"}, {12, 13, "checkpoint"}});
  EXPECT_EQ(ranges.At(0), "data");
  EXPECT_EQ(ranges.At(5), "step");
  EXPECT_EQ(ranges.At(11), "");
  EXPECT_EQ(ranges.At(12), "checkpoint");
}

TEST(RangeIntervals, WithoutRangesNoneIsOpen) { EXPECT_EQ(RangeIntervals({}).At(5), ""); }

}  // namespace
}  // namespace bench::harness
