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

// Eight runs an arm of a step of 1 s, whose forward pass takes what is left by an optimizer of
// `optimizer_s`; each process is faster or slower than the next by up to 40%.
std::vector<RunRecord> NoisyRuns(double optimizer_s, double forward_s, int64_t num_runs = 8) {
  std::vector<RunRecord> records;
  for (int64_t i = 0; i < num_runs; ++i) {
    const double speed = 1 + 0.05 * static_cast<double>(i);
    RunRecord record = RunWith(Info(kStepTime), (forward_s + optimizer_s) * speed, i);
    record.ranges["forward"] = {{1, 2}, {1, 1}, {forward_s * speed, forward_s * speed}, {}};
    record.ranges["optimizer"] = {{1, 2}, {1, 1}, {optimizer_s * speed, optimizer_s * speed}, {}};
    records.push_back(std::move(record));
  }
  return records;
}

// 8 against 8 that do not overlap: p = 2 / C(16, 8), below 0.002 / 2. The step overlaps.
TEST(CompareRanges, TestsEachRangeAgainstTheMarginOfTheStep) {
  const Group base = GroupOf("b", NoisyRuns(0.0625, 0.9375));
  const Group head = GroupOf("h", NoisyRuns(0.125, 0.9375));
  const RangeRule rule = {0.02, 0.002};
  const auto changes = CompareRanges(base, head, rule);
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0].name, "optimizer");
  EXPECT_TRUE(changes[0].counts);
  EXPECT_NEAR(changes[0].p_value, 2.0 / 12870, 1e-12);
  EXPECT_GT(changes[0].shift_s, 0.05);
  EXPECT_FALSE(changes[1].counts);
  EXPECT_EQ(SlowerRange(changes, rule.margin_s)->name, "optimizer");
  EXPECT_EQ(SlowerRange(CompareRanges(head, base, rule), rule.margin_s), std::nullopt);
  EXPECT_FALSE(CompareRanges(base, head)[0].counts);                         // no rule
  EXPECT_FALSE(CompareRanges(base, head, RangeRule{0.1, 0.002})[0].counts);  // a wider margin
  EXPECT_FALSE(CompareRanges(base, head, RangeRule{0.02, 3e-4})[0].counts);  // of two: 1.5e-4 each
}

// A phase that a commit adds took nothing before, and one that it removes takes nothing now.
TEST(CompareRanges, WhatOneArmLacksTookNothingThere) {
  RunRecord base = RunOf(0, 1, 2);
  base.ranges["clip"] = {{1, 2, 3}, {1, 1, 1}, {0.25, 0.25, 0.25}, {}};
  RunRecord head = RunOf(0, 1, 2);
  head.summary["step_time"].value = 4;
  head.ranges["copy"] = {{1, 2, 3}, {1, 1, 1}, {1, 1, 1}, {}};
  const auto changes = CompareRanges(GroupOf("b", {base}), GroupOf("h", {head}));
  ASSERT_EQ(changes.size(), 4U);
  EXPECT_EQ(changes[0].name, "copy");
  EXPECT_TRUE(changes[0].only_in_head);
  EXPECT_EQ(changes[0].base_s, 0);
  EXPECT_EQ(changes[0].head_s, 1);
  EXPECT_EQ(changes[0].shift_s, 1);
  EXPECT_EQ(changes[0].share, 1);
  EXPECT_EQ(changes[1].name, "clip");
  EXPECT_TRUE(changes[1].only_in_base);
  EXPECT_EQ(changes[1].head_s, 0);
  EXPECT_EQ(changes[1].shift_s, -0.25);
}

// The optimizer does what was a range of its own before.
TEST(CompareRanges, WorkOfARangeThatIsGoneIsNoLoss) {
  std::vector<RunRecord> base = NoisyRuns(0.0625, 0.9375);
  for (RunRecord& record : base) {
    record.ranges["clip"] = {{1, 2}, {1, 1}, {0.0625, 0.0625}, {}};
  }
  std::vector<RunRecord> head = NoisyRuns(0.125, 0.9375);
  const RangeRule rule = {0.02, 0.002};
  const Group before = GroupOf("b", base);
  EXPECT_EQ(SlowerRange(CompareRanges(before, GroupOf("h", head), rule), rule.margin_s),
            std::nullopt);
  // Where another range took its place, nothing was given back.
  for (RunRecord& record : head) {
    record.ranges["clip_norm"] = {{1, 2}, {1, 1}, {0.0625, 0.0625}, {}};
  }
  EXPECT_EQ(SlowerRange(CompareRanges(before, GroupOf("h", head), rule), rule.margin_s)->name,
            "optimizer");
}

TEST(CompareRanges, WorkThatMovedToAnotherRangeIsNoLoss) {
  RangeChange slower{.name = "optimizer", .shift_s = 0.05, .p_value = 1e-5, .counts = true};
  RangeChange faster{.name = "forward", .shift_s = -0.04, .p_value = 1e-5, .counts = true};
  EXPECT_EQ(SlowerRange({slower, faster}, 0.02), std::nullopt);
  faster.counts = false;
  EXPECT_EQ(SlowerRange({slower, faster}, 0.02)->name, "optimizer");
}

}  // namespace
}  // namespace bench::results
