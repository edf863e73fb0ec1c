#include "kernels/bench/roofline.h"

#include <gtest/gtest.h>

namespace bench::kernels {
namespace {

// 100 operations and 10 bytes a second: the ridge is at 10 operations a byte.
constexpr Ceilings kMachine = {100, 10};

TEST(Roofline, BelowTheRidgeBandwidthIsTheLimit) {
  const Work work = {50, 1000};  // 0.05 operations a byte
  EXPECT_DOUBLE_EQ(AttainableFlopsPerSecond(kMachine, 0.05), 0.5);
  EXPECT_DOUBLE_EQ(LeastSeconds(work, kMachine), 100);
  // 50 operations in 200 s are 0.25 a second, half of what is attainable.
  EXPECT_DOUBLE_EQ(RooflineFraction(work, kMachine, 200), 0.5);
}

TEST(Roofline, AboveTheRidgeArithmeticIsTheLimit) {
  const Work work = {1000, 10};  // 100 operations a byte
  EXPECT_DOUBLE_EQ(AttainableFlopsPerSecond(kMachine, 100), 100);
  EXPECT_DOUBLE_EQ(LeastSeconds(work, kMachine), 10);
  EXPECT_DOUBLE_EQ(RooflineFraction(work, kMachine, 40), 0.25);
}

TEST(Roofline, AtTheRidgeBothLimitsMeet) {
  EXPECT_DOUBLE_EQ(AttainableFlopsPerSecond(kMachine, 10), 100);
  EXPECT_DOUBLE_EQ(LeastSeconds({200, 20}, kMachine), 2);
}

TEST(Roofline, WorkWithoutArithmeticIsBoundByBandwidth) {
  EXPECT_DOUBLE_EQ(RooflineFraction({0, 30}, kMachine, 4), 0.75);
}

TEST(Roofline, TheNearestLevelThatHoldsTheWorkingSetCounts) {
  const std::vector<MemoryLevel> levels = {{"L1", 100, 3}, {"L2", 1000, 2}, {"memory", 5000, 1}};
  EXPECT_EQ(LevelThatHolds(levels, 100).name, "L1");
  EXPECT_EQ(LevelThatHolds(levels, 101).name, "L2");
  EXPECT_EQ(LevelThatHolds(levels, 1000.5).name, "memory");
  EXPECT_EQ(LevelThatHolds(levels, 1e9).name, "memory");
}

}  // namespace
}  // namespace bench::kernels
