#include "results/comparison/verdicts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/results/comparison/groups.h"

namespace bench::results {
namespace {

// A measured change of a metric, as step three leaves it.
MetricChange Change(Design design, Better better, double difference, Interval interval,
                    double p_value) {
  MetricChange change;
  change.metric = MetricOf(MetricKind::kLearning, better);
  change.design = design;
  change.base = {10, 10};
  change.head = {10 + difference, 10 + difference};
  change.base_centre = 10;
  change.head_centre = 10 + difference;
  change.difference = difference;
  change.margin = 1;
  change.interval = interval;
  change.p_value = p_value;
  return change;
}

JudgedChange Judge(const MetricChange& change) { return JudgeChanges({change}).at(0); }

// An infinite base excuses no head that is not finite, but for a target that it did not reach.
TEST(JudgeChanges, AHeadThatIsNotFiniteFailsWhateverTheBaseIs) {
  MetricChange change = Change(Design::kPaired, Better::kLower, 0, {0, 0}, 1);
  change.base[0] = std::numeric_limits<double>::infinity();
  change.head[0] = std::nan("");
  EXPECT_EQ(Judge(change).verdict, Verdict::kNonFinite);
  change.metric.name = std::string(kTokensToTarget.name);
  EXPECT_EQ(Judge(change).verdict, Verdict::kNotMeasured);
}

TEST(JudgeChanges, AChangeIsLargeAndSignificant) {
  const Interval wide = {-9, 9};
  const auto verdict = [&](Better better, double difference, double p) {
    return Judge(Change(Design::kRanks, better, difference, wide, p)).verdict;
  };
  EXPECT_EQ(verdict(Better::kLower, 2, 0.001), Verdict::kRegressed);
  EXPECT_EQ(verdict(Better::kLower, -2, 0.001), Verdict::kImproved);
  EXPECT_EQ(verdict(Better::kHigher, 2, 0.001), Verdict::kImproved);
  EXPECT_EQ(verdict(Better::kHigher, -2, 0.001), Verdict::kRegressed);
  EXPECT_EQ(verdict(Better::kNone, 2, 0.001), Verdict::kChanged);
  EXPECT_EQ(verdict(Better::kLower, 1, 0.001), Verdict::kUnclear);  // no larger than the margin
  EXPECT_EQ(verdict(Better::kLower, 2, 0.0021), Verdict::kUnclear);
}

TEST(JudgeChanges, LearningHasAnAlphaOfItsOwn) {
  const auto verdict = [](double p) {
    return Judge(Change(Design::kPaired, Better::kLower, 2, {-9, 9}, p)).verdict;
  };
  EXPECT_EQ(verdict(0.005), Verdict::kRegressed);
  EXPECT_EQ(verdict(0.0051), Verdict::kUnclear);
}

TEST(JudgeChanges, SameIsAnIntervalWithinTheMargin) {
  EXPECT_EQ(Judge(Change(Design::kRanks, Better::kLower, 0, {-1, 1}, 1)).verdict, Verdict::kSame);
  EXPECT_EQ(Judge(Change(Design::kRanks, Better::kLower, 0, {-1, 1.01}, 1)).verdict,
            Verdict::kUnclear);
  // Significant, and too small to matter.
  EXPECT_EQ(Judge(Change(Design::kRanks, Better::kLower, 0.5, {0.4, 0.6}, 1e-6)).verdict,
            Verdict::kSame);
}

TEST(JudgeChanges, NotWorseIsABoundOnOneSide) {
  EXPECT_TRUE(Judge(Change(Design::kRanks, Better::kLower, -3, {-9, 1}, 1)).not_worse);
  EXPECT_FALSE(Judge(Change(Design::kRanks, Better::kLower, -3, {-9, 1.01}, 1)).not_worse);
  EXPECT_TRUE(Judge(Change(Design::kRanks, Better::kHigher, 3, {-1, 9}, 1)).not_worse);
  EXPECT_FALSE(Judge(Change(Design::kRanks, Better::kHigher, 3, {-1.01, 9}, 1)).not_worse);
  // Without a better direction either one would be worse.
  EXPECT_FALSE(Judge(Change(Design::kPaired, Better::kNone, 0, {-1.01, 1}, 1)).not_worse);
}

TEST(JudgeChanges, CountsNeedNoTest) {
  const auto verdict = [](Better better, double difference) {
    return Judge(Change(Design::kExact, better, difference, {difference, difference}, 1)).verdict;
  };
  EXPECT_EQ(verdict(Better::kLower, 1), Verdict::kSame);
  EXPECT_EQ(verdict(Better::kLower, 1.5), Verdict::kRegressed);
  EXPECT_EQ(verdict(Better::kNone, -1.5), Verdict::kChanged);
}

TEST(JudgeChanges, MediansCountWhereTheArmsDoNotOverlap) {
  MetricChange change = Change(Design::kMedians, Better::kLower, 5, {5, 5}, 1);
  change.base = {9, 10, 11};
  change.head = {14, 15, 16};
  EXPECT_EQ(Judge(change).verdict, Verdict::kRegressed);
  change.head = {11, 15, 16};
  EXPECT_EQ(Judge(change).verdict, Verdict::kUnclear);
  // Medians that are alike, and one replicate of the head far above.
  change.difference = 0;
  change.head = {9, 10, 50};
  EXPECT_EQ(Judge(change).verdict, Verdict::kUnclear);
  change.head = {9, 10, 12};
  EXPECT_EQ(Judge(change).verdict, Verdict::kSame);
}

// Of 50 metrics one with p = 0.0011 is what chance gives: 50 * 0.0011 > 0.05.
TEST(JudgeChanges, ManyMetricsShareOneRateOfFalseDiscoveries) {
  const MetricChange suspicious = Change(Design::kRanks, Better::kLower, 2, {-9, 9}, 0.0011);
  EXPECT_EQ(Judge(suspicious).verdict, Verdict::kRegressed);
  std::vector<MetricChange> suite(49, Change(Design::kRanks, Better::kLower, 2, {-9, 9}, 0.9));
  suite.push_back(suspicious);
  const std::vector<JudgedChange> judged = JudgeChanges(suite);
  EXPECT_EQ(judged.back().verdict, Verdict::kUnclear);
  EXPECT_DOUBLE_EQ(judged.back().adjusted_p_value, 50 * 0.0011);
  // What has no test takes no part in it.
  std::vector<MetricChange> counts(49, Change(Design::kExact, Better::kLower, 0, {0, 0}, 1));
  counts.push_back(suspicious);
  EXPECT_EQ(JudgeChanges(counts).back().verdict, Verdict::kRegressed);
}

// 30 * 0.0011 is less than 5%, and more than the half of it that one of two experiments has.
TEST(JudgeChanges, AnExperimentOfSeveralHasAPartOfTheRate) {
  std::vector<MetricChange> suite(29, Change(Design::kRanks, Better::kLower, 2, {-9, 9}, 0.9));
  suite.push_back(Change(Design::kRanks, Better::kLower, 2, {-9, 9}, 0.0011));
  EXPECT_EQ(JudgeChanges(suite).back().verdict, Verdict::kRegressed);
  Significance half;
  half.false_discovery /= 2;
  EXPECT_EQ(JudgeChanges(suite, half).back().verdict, Verdict::kUnclear);
  EXPECT_EQ(half.OfLook(0.5).false_discovery, half.false_discovery);
}

TEST(JudgeChanges, WhatNeedsNoNumbers) {
  MetricChange change = Change(Design::kPaired, Better::kLower, 0, {-9, 9}, 1);
  change.head[1] = NAN;
  EXPECT_EQ(Judge(change).verdict, Verdict::kNonFinite);
  change.base.swap(change.head);  // the head has mended it
  EXPECT_EQ(Judge(change).verdict, Verdict::kNotMeasured);
  change.base = change.head;
  for (bool MetricChange::*fact : {&MetricChange::in_all_runs, &MetricChange::described_alike}) {
    change.*fact = false;
    EXPECT_EQ(Judge(change).verdict, Verdict::kNotMeasured);
    change.*fact = true;
  }
  change.head = {};
  EXPECT_EQ(Judge(change).verdict, Verdict::kOnlyInBase);
  change.base.swap(change.head);
  EXPECT_EQ(Judge(change).verdict, Verdict::kOnlyInHead);
  change.judged = false;
  EXPECT_EQ(Judge(change).verdict, Verdict::kNotJudged);
  change = Change(Design::kPaired, Better::kLower, 0, {0, 0}, 1);
  change.margin = 0;
  change.identical = true;
  EXPECT_EQ(Judge(change).verdict, Verdict::kSame);
}

Outcome Of(Verdict verdict, bool not_worse, const Policy& policy, Better better = Better::kNone) {
  JudgedChange row;
  row.change.metric.name = "m";
  row.change.metric.better = better;
  row.verdict = verdict;
  row.not_worse = not_worse;
  return OutcomeOf(row, policy);
}

TEST(OutcomeOf, FollowsWhatIsRequired) {
  const Policy not_worse;
  const Policy same = {.require = Requirement::kSame, .allowed = {}};
  EXPECT_EQ(Of(Verdict::kUnclear, true, not_worse), Outcome::kPass);
  EXPECT_EQ(Of(Verdict::kUnclear, false, not_worse), Outcome::kNotShown);
  EXPECT_EQ(Of(Verdict::kUnclear, true, same), Outcome::kNotShown);
  for (const Policy& policy : {not_worse, same}) {
    EXPECT_EQ(Of(Verdict::kSame, true, policy), Outcome::kPass);
    EXPECT_EQ(Of(Verdict::kImproved, true, policy), Outcome::kPass);
    EXPECT_EQ(Of(Verdict::kOnlyInHead, true, policy), Outcome::kPass);
    EXPECT_EQ(Of(Verdict::kNotJudged, true, policy), Outcome::kPass);
    EXPECT_EQ(Of(Verdict::kRegressed, false, policy), Outcome::kFail);
    EXPECT_EQ(Of(Verdict::kNonFinite, false, policy), Outcome::kFail);
    EXPECT_EQ(Of(Verdict::kChanged, true, policy), Outcome::kFail);
    EXPECT_EQ(Of(Verdict::kOnlyInBase, true, policy), Outcome::kNotShown);
    EXPECT_EQ(Of(Verdict::kNotMeasured, true, policy), Outcome::kNotShown);
    // Of times that a resumed run has not got; others describe the machine.
    EXPECT_EQ(Of(Verdict::kNotJudged, true, policy, Better::kLower), Outcome::kNotShown);
  }
}

TEST(OutcomeOf, AChangeMayBeAllowedByNameAndARegressionNot) {
  const Policy policy = {.require = Requirement::kNotWorse, .allowed = {"m"}};
  EXPECT_EQ(Of(Verdict::kChanged, true, policy), Outcome::kPass);
  EXPECT_EQ(Of(Verdict::kRegressed, false, policy), Outcome::kFail);
  EXPECT_EQ(Of(Verdict::kUnclear, false, policy), Outcome::kPass);
  EXPECT_EQ(Of(Verdict::kUnclear, false, policy, Better::kLower), Outcome::kNotShown);
}

TEST(Policy, AllowsByNameOrPathWhatHasNoBetterDirection) {
  MetricInfo metric = MetricOf(MetricKind::kCount, Better::kNone);
  metric.label = "zh";
  EXPECT_TRUE((Policy{.require = Requirement::kSame, .allowed = {"m"}}.Allows(metric)));
  EXPECT_TRUE((Policy{.require = Requirement::kSame, .allowed = {"m/zh"}}.Allows(metric)));
  EXPECT_FALSE((Policy{.require = Requirement::kSame, .allowed = {"m/en"}}.Allows(metric)));
  metric.better = Better::kLower;
  EXPECT_FALSE((Policy{.require = Requirement::kSame, .allowed = {"m"}}.Allows(metric)));
}

}  // namespace
}  // namespace bench::results
