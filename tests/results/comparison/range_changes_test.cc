#include "results/comparison/range_changes.h"

#include <gtest/gtest.h>

#include "tests/results/comparison/groups.h"

namespace bench::results {
namespace {

// A run with ranges of three steps each, of which one is an outlier.
RunRecord RunOf(int64_t replicate, double forward_s, double backward_s) {
  RunRecord record = RunWith(Info(kStepTime), forward_s + backward_s, replicate);
  record.ranges["forward"] = {{1, 2, 3}, {1, 1, 1}, {forward_s, 9, forward_s}, {}};
  record.ranges["backward"] = {{1, 2, 3}, {1, 1, 1}, {backward_s, backward_s, 9}, {}};
  return record;
}

TEST(CompareRanges, NamesThePhaseThatChangedMostAndItsShare) {
  const auto changes = CompareRanges(GroupOf("b", {RunOf(0, 1, 2), RunOf(1, 1, 2)}),
                                     GroupOf("h", {RunOf(0, 1.25, 2.75), RunOf(1, 1.25, 2.75)}));
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0].name, "backward");
  EXPECT_EQ(changes[0].base_s, 2);
  EXPECT_EQ(changes[0].head_s, 2.75);
  EXPECT_EQ(changes[0].share, 0.75);
  EXPECT_EQ(changes[1].share, 0.25);
}

// What runs once in three steps counts for a third, and is no part of the step's time.
TEST(CompareRanges, WhatRunsInFewStepsWeighsLess) {
  const auto with_evaluation = [](double seconds) {
    RunRecord record = RunOf(0, 1, 2);
    record.ranges["evaluate"] = {{3}, {1}, {seconds}, {}};
    return record;
  };
  RunRecord head = with_evaluation(4.5);
  head.ranges["forward"].host_s = {2, 9, 2};
  head.summary["step_time"].value = 4;
  const auto changes =
      CompareRanges(GroupOf("b", {with_evaluation(2)}), GroupOf("h", {std::move(head)}));
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes[0].name, "forward");
  EXPECT_EQ(changes[0].share, 1);
  EXPECT_EQ(changes[1].name, "evaluate");  // 2.5 s / 3
  EXPECT_EQ(changes[1].share, std::nullopt);
}

TEST(CompareRanges, AStepThatDidNotChangeHasNoShares) {
  const Group group = GroupOf("b", {RunOf(0, 1, 2)});
  for (const RangeChange& change : CompareRanges(group, group)) {
    EXPECT_EQ(change.share, std::nullopt);
  }
}

TEST(CompareRanges, ResumedRunsAreLeftOut) {
  Group base = GroupOf("b", {RunOf(0, 1, 2)});
  base.runs[0].record.attempts = 2;
  EXPECT_TRUE(CompareRanges(base, GroupOf("h", {RunOf(0, 1, 2)})).empty());
}

}  // namespace
}  // namespace bench::results
