#include "results/comparison/changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/results/comparison/groups.h"

namespace bench::results {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

MetricChange Measure(const MetricInfo& metric, const std::vector<double>& base,
                     const std::vector<double>& head) {
  const std::vector<MetricChange> changes =
      MeasureChanges(ValuesOf("b", metric, base), ValuesOf("h", metric, head), false);
  EXPECT_THAT(changes, SizeIs(1));
  return changes.at(0);
}

const MetricInfo kTimeMetric = MetricOf(MetricKind::kTime, Better::kLower);
const MetricInfo kScoreMetric = MetricOf(MetricKind::kLearning, Better::kLower, true);

// Of three against three the least p-value is 2 / C(6, 3); the 90% interval reaches from the
// smallest to the largest of the nine differences.
TEST(MeasureChanges, TimesAreMeasuredByRanks) {
  const MetricChange change = Measure(kTimeMetric, {10, 11, 12}, {13, 15, 14});
  EXPECT_EQ(change.design, Design::kRanks);
  EXPECT_EQ(change.base_centre, 11);
  EXPECT_EQ(change.head_centre, 14);
  EXPECT_EQ(change.difference, 3);
  EXPECT_EQ(change.interval, (Interval{1, 5}));
  EXPECT_DOUBLE_EQ(change.p_value, 0.1);
  EXPECT_EQ(change.margin, 11 * 0.125);
  EXPECT_DOUBLE_EQ(*change.ratio(), 14.0 / 11);
}

// d = 0.5, 0.5, 2: mean 1, standard error 0.5, t = 2 with two degrees of freedom, for which
// P(|T| > t) = 1 - t / sqrt(t^2 + 2) and the quantile of 0.95 is 2.9199856.
TEST(MeasureChanges, ScoresAreMeasuredByPairs) {
  const MetricChange change = Measure(kScoreMetric, {1, 2, 3}, {1.5, 2.5, 5});
  EXPECT_EQ(change.design, Design::kPaired);
  EXPECT_EQ(change.base_centre, 2);
  EXPECT_EQ(change.head_centre, 3);
  EXPECT_EQ(change.difference, 1);
  EXPECT_NEAR(change.p_value, 1 - 2 / std::sqrt(6), 1e-9);
  EXPECT_NEAR(change.interval.low, 1 - 0.5 * 2.9199856, 1e-6);
  EXPECT_NEAR(change.interval.high, 1 + 0.5 * 2.9199856, 1e-6);
  EXPECT_EQ(change.margin, 0.25);
}

TEST(MeasureChanges, APairHasOneNumberWhateverTheOrderOfFiles) {
  const Group base = GroupOf(
      "b", {RunWith(kScoreMetric, 1, 0), RunWith(kScoreMetric, 2, 1), RunWith(kScoreMetric, 9, 7)});
  const Group head = GroupOf("h", {RunWith(kScoreMetric, 20, 1), RunWith(kScoreMetric, 10, 0),
                                   RunWith(kScoreMetric, 30, 1)});
  const MetricChange change = MeasureChanges(base, head, false).at(0);
  EXPECT_THAT(change.base, ElementsAre(1, 2));
  EXPECT_THAT(change.head, ElementsAre(10, 20));
}

TEST(MeasureChanges, TheFloorIsTheMarginNearZero) {
  MetricInfo metric = kScoreMetric;
  metric.floor = 0.5;
  EXPECT_EQ(Measure(metric, {0, 0.01}, {0, 0.02}).margin, 0.5);
  EXPECT_EQ(Measure(metric, {-80, -80}, {0, 0}).margin, 10);
}

// One equal number of two runs says nothing of what else they do.
TEST(MeasureChanges, OnlyWhereAllBitsAreEqualIsAMetricIdentical) {
  const Group base = ValuesOf("b", kScoreMetric, {1});
  EXPECT_TRUE(MeasureChanges(base, base, true).at(0).identical);
  EXPECT_EQ(MeasureChanges(base, base, true).at(0).interval, (Interval{0, 0}));
  EXPECT_FALSE(MeasureChanges(base, base, false).at(0).identical);
  EXPECT_EQ(MeasureChanges(base, base, false).at(0).interval.high, INFINITY);
  const Group time = ValuesOf("b", kTimeMetric, {1});
  EXPECT_FALSE(MeasureChanges(time, time, true).at(0).identical);
}

// Five that differ alike bound the difference with 1 - 2^-5, four with less than 95%.
TEST(MeasureChanges, EqualDifferencesOfFewPairsBoundNothing) {
  EXPECT_EQ(Measure(kScoreMetric, {1, 2, 3, 4}, {2, 3, 4, 5}).interval.high, INFINITY);
  EXPECT_EQ(Measure(kScoreMetric, {1, 2, 3, 4, 5}, {2, 3, 4, 5, 6}).interval, (Interval{1, 1}));
}

TEST(MeasureChanges, OfDeterministicCountsTheWorstPairCounts) {
  const auto difference = [](Better better) {
    return Measure(MetricOf(MetricKind::kCount, better, true), {5, 5, 5}, {5, 3, 6}).difference;
  };
  EXPECT_EQ(difference(Better::kNone), -2);  // the largest
  EXPECT_EQ(difference(Better::kLower), 1);
  EXPECT_EQ(difference(Better::kHigher), -2);
}

TEST(MeasureChanges, OtherBytesAreMeasuredByMedians) {
  const MetricInfo memory = MetricOf(MetricKind::kMemory, Better::kLower);
  const MetricChange change = Measure(memory, {5, 5, 500}, {7, 1, 8});
  EXPECT_EQ(change.design, Design::kMedians);
  EXPECT_EQ(change.difference, 2);
}

// The medians are 5 apart; with 12 - 11 more, the greatest of the base less the least of the head,
// the arms would not overlap. In the second case that takes more downwards, where 30 is in the way.
TEST(MeasureChanges, OfMediansItSaysWhichChangeWouldHaveShown) {
  const MetricInfo memory = MetricOf(MetricKind::kMemory, Better::kLower);
  EXPECT_EQ(Measure(memory, {8, 10, 12}, {11, 15, 16}).detectable, 5 + (12 - 11));
  EXPECT_EQ(Measure(memory, {8, 10, 12}, {9, 10, 30}).detectable, 30 - 8);
  EXPECT_EQ(Measure(memory, {8}, {8}).detectable, 1);  // the margin
}

// Nothing that a program says of itself makes values of relaxed runs alike.
TEST(MeasureChanges, CountsOfRelaxedRunsAreMeasuredByMedians) {
  const MetricInfo count = MetricOf(MetricKind::kCount, Better::kNone, true);
  Group base = ValuesOf("b", count, {100, 101, 99});
  Group head = ValuesOf("h", count, {101, 100, 120});
  EXPECT_EQ(MeasureChanges(base, head, false).at(0).design, Design::kExact);
  for (Group* group : {&base, &head}) {
    for (ResultsInput& run : group->runs) run.record.header.strict = false;
  }
  const MetricChange change = MeasureChanges(base, head, false).at(0);
  EXPECT_EQ(change.design, Design::kMedians);
  EXPECT_EQ(change.difference, 1);
}

TEST(MeasureChanges, OneReplicateBoundsNothing) {
  for (const MetricInfo& metric : {kTimeMetric, kScoreMetric}) {
    const MetricChange change = Measure(metric, {1}, {2});
    EXPECT_EQ(change.interval.low, -INFINITY);
    EXPECT_EQ(change.interval.high, INFINITY);
    EXPECT_EQ(change.p_value, 1);
  }
  EXPECT_EQ(Measure(kTimeMetric, {1}, {2}).replicates_needed, 3);
}

TEST(MeasureChanges, SaysWhatWouldHaveShownAndWhatItTakes) {
  const MetricChange noisy =
      Measure(kTimeMetric, {10, 12, 8, 11, 9, 13, 7}, {10, 12, 8, 11, 9, 13, 7});
  ASSERT_TRUE(noisy.detectable.has_value());
  EXPECT_GT(*noisy.detectable, noisy.margin);
  EXPECT_GT(*noisy.replicates_needed, 7);
}

TEST(MeasureChanges, TimesOfResumedRunsAreLeftOut) {
  Group base = ValuesOf("b", kTimeMetric, {1, 2, 3});
  base.runs[1].record.attempts = 2;
  const Group head = ValuesOf("h", kTimeMetric, {1, 2, 3});
  EXPECT_THAT(MeasureChanges(base, head, false).at(0).base, ElementsAre(1, 3));
  EXPECT_TRUE(MeasureChanges(base, head, false).at(0).judged);
  for (ResultsInput& run : base.runs) run.record.attempts = 2;
  EXPECT_FALSE(MeasureChanges(base, head, false).at(0).judged);
}

TEST(MeasureChanges, TimesWithoutABetterDirectionAreNotJudged) {
  EXPECT_FALSE(Measure(MetricOf(MetricKind::kTime, Better::kNone), {1}, {9}).judged);
  EXPECT_TRUE(Measure(MetricOf(MetricKind::kCount, Better::kNone), {1}, {9}).judged);
}

// A program that loosens its own rule is judged by the other one's.
TEST(MeasureChanges, TheSmallerMarginOfTheArmsHolds) {
  MetricInfo loose = kScoreMetric;
  loose.threshold = 2;
  loose.floor = 9;
  const auto changes =
      MeasureChanges(ValuesOf("b", kScoreMetric, {1, 2}), ValuesOf("h", loose, {1, 2}), false);
  EXPECT_EQ(changes.at(0).margin, 1.5 * 0.125);
  EXPECT_TRUE(changes.at(0).described_alike);
  for (const double threshold : {double{INFINITY}, -1.0, double{NAN}}) {
    loose.threshold = threshold;
    EXPECT_FALSE(
        MeasureChanges(ValuesOf("b", kScoreMetric, {1, 2}), ValuesOf("h", loose, {1, 2}), false)
            .at(0)
            .described_alike);
  }
  MetricInfo other = kScoreMetric;
  other.units = "bits";
  EXPECT_FALSE(
      MeasureChanges(ValuesOf("b", kScoreMetric, {1, 2}), ValuesOf("h", other, {1, 2}), false)
          .at(0)
          .described_alike);
}

TEST(MeasureChanges, AMetricThatSomeReplicatesLackIsNotInAllRuns) {
  for (const MetricInfo& metric : {kTimeMetric, kScoreMetric}) {
    Group head = ValuesOf("h", metric, {1, 2, 3});
    head.runs[1].record.summary.clear();
    EXPECT_FALSE(MeasureChanges(ValuesOf("b", metric, {1, 2, 3}), head, false).at(0).in_all_runs);
  }
  EXPECT_TRUE(Measure(kScoreMetric, {1, 2, 3}, {1, 2, 3}).in_all_runs);
}

TEST(MeasureChanges, WhatOneArmLacksHasNoDifference) {
  const MetricInfo other = {"other", "", "1", Better::kLower, true, 0.1, "Another"};
  const auto changes =
      MeasureChanges(ValuesOf("b", kScoreMetric, {1, 2}), ValuesOf("h", other, {3, 4}), false);
  ASSERT_THAT(changes, SizeIs(2));
  EXPECT_THAT(changes[0].base, ElementsAre(1, 2));
  EXPECT_THAT(changes[0].head, ElementsAre());
  EXPECT_EQ(changes[0].base_centre, std::nullopt);
  EXPECT_EQ(changes[0].ratio(), std::nullopt);
}

}  // namespace
}  // namespace bench::results
