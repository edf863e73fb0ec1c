#include "results/comparison/usable_times.h"

#include <gtest/gtest.h>

#include "results/notes.h"
#include "tests/results/comparison/groups.h"

namespace bench::results {
namespace {

RunRecord WithNote(std::string_view note, int64_t count) {
  RunRecord record;
  record.notes[std::string(note)] = count;
  return record;
}

TEST(UsableTimes, AreThoseOfAWarmRunInOnePiece) {
  EXPECT_EQ(WhyTimesAreUnusable(RunRecord()), "");  // of before anything was counted
  EXPECT_EQ(WhyTimesAreUnusable(WithNote(kThrottleNote, 0)), "");
  EXPECT_EQ(WhyTimesAreUnusable(WithNote(kThrottleNote, 1)), "throttled");
  EXPECT_EQ(WhyTimesAreUnusable(WithNote(kGpuThrottleNote, 0)), "");
  EXPECT_EQ(WhyTimesAreUnusable(WithNote(kGpuThrottleNote, 1)), "throttled");
  EXPECT_EQ(WhyTimesAreUnusable(WithNote(kDiskPageFaultsNote, kColdPageFaults - 1)), "");
  EXPECT_EQ(WhyTimesAreUnusable(WithNote(kDiskPageFaultsNote, kColdPageFaults)), "cold");
  RunRecord resumed;
  resumed.attempts = 2;
  EXPECT_EQ(WhyTimesAreUnusable(resumed), "resumed");
}

TEST(UsableTimes, DisturbedAreThoseThatTheMachineDisturbed) {
  RunRecord resumed;
  resumed.attempts = 2;
  EXPECT_EQ(NumDisturbed(GroupOf("g", {WithNote(kThrottleNote, 1), resumed, RunRecord(),
                                       WithNote(kDiskPageFaultsNote, 1000)})),
            2);
}

TEST(UsableTimes, ThoseOfAProfiledRunAreTheProfilersAndNoDisturbance) {
  RunRecord profiled;
  profiled.notes[std::string(kProfilerNote)] = "kineto";
  EXPECT_EQ(WhyTimesAreUnusable(profiled), "profiled");
  EXPECT_EQ(NumDisturbed(GroupOf("g", {profiled})), 0);
  profiled.attempts = 2;
  EXPECT_EQ(WhyTimesAreUnusable(profiled), "profiled");
}

TEST(UsableTimes, AGroupHasThemIfOneRunHas) {
  EXPECT_FALSE(HasUsableTimes(GroupOf("g", {WithNote(kThrottleNote, 1)})));
  EXPECT_TRUE(HasUsableTimes(GroupOf("g", {WithNote(kThrottleNote, 1), RunRecord()})));
}

}  // namespace
}  // namespace bench::results
