#include "results/history/metric_history.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "base/random.h"
#include "tests/results/history/runs.h"
#include "tests/results/statistics/normal_draws.h"

namespace bench::results {
namespace {

const MetricInfo kTime = MetricOf(MetricKind::kTime, Better::kLower);  // threshold 12.5%
const MetricInfo kCount = MetricOf(MetricKind::kCount, Better::kNone, /*deterministic=*/true);

// The only metric of the only series, with its changes.
MetricHistory HistoryOf(const std::vector<RunRecord>& records) {
  const auto series = OrderSeries(Pointers(records));
  EXPECT_EQ(series.size(), 1u);
  std::vector<MetricRuns> metrics = CollectMetrics(series.front());
  EXPECT_EQ(metrics.size(), 1u);
  EXPECT_TRUE(FindChanges(1, &metrics.front()).ok());
  return metrics.front().history;
}

// Values of 1% spread around 100, from `change` on around `after`.
std::vector<double> Step(size_t num_values, size_t change, double after, uint64_t seed = 1) {
  Random random(seed);
  std::vector<double> values = NormalDraws(&random, num_values, 100, 1);
  for (size_t i = change; i < num_values; ++i) values[i] += after - 100;
  return values;
}

TEST(MetricHistory, AValueOfACommitIsTheMedianOfItsRuns) {
  const std::vector<RunRecord> records = {RunOf("a", 0, 1, kTime, 0), RunOf("a", 1, 5, kTime, 1),
                                          RunOf("a", 2, 2, kTime, 2), RunOf("b", 3, 7, kTime, 0)};
  const MetricHistory history = HistoryOf(records);
  EXPECT_EQ(history.values, (std::vector<std::optional<double>>{2, 7}));
  EXPECT_EQ(history.first(), 2);
  EXPECT_EQ(history.last(), 7);
  EXPECT_EQ(history.num_values, 4u);
  EXPECT_FALSE(history.exact);
}

TEST(MetricHistory, FindsWhereALevelChanged) {
  const MetricHistory history = HistoryOf(RunsOf(Step(40, 25, 120), kTime));
  ASSERT_EQ(history.changes.size(), 1u);
  const HistoryChange& change = history.changes.front();
  EXPECT_EQ(change.commit, 25u);
  EXPECT_FALSE(change.within_commit);
  EXPECT_NEAR(change.before, 100, 1);  // a median of 25 values: off by 1.25 / 5 at one deviation
  EXPECT_NEAR(change.after, 120, 1.5);
  EXPECT_EQ(change.direction, ChangeDirection::kRegressed);
  EXPECT_LE(change.p_value, 0.001);
}

TEST(MetricHistory, ADirectionIsTheMetrics) {
  const std::vector<double> values = Step(40, 25, 120);
  EXPECT_EQ(HistoryOf(RunsOf(values, MetricOf(MetricKind::kTime, Better::kHigher)))
                .changes.front()
                .direction,
            ChangeDirection::kImproved);
  EXPECT_EQ(HistoryOf(RunsOf(values, MetricOf(MetricKind::kTime, Better::kNone)))
                .changes.front()
                .direction,
            ChangeDirection::kChanged);
}

TEST(MetricHistory, AChangeBelowTheThresholdDoesNotCount) {
  EXPECT_TRUE(HistoryOf(RunsOf(Step(40, 25, 110), kTime)).changes.empty());  // below 12.5%
  MetricInfo other = kTime;
  other.threshold = 0.001;  // then 2% is the least
  EXPECT_TRUE(HistoryOf(RunsOf(Step(60, 30, 101.5), other)).changes.empty());
  other.floor = 30;
  EXPECT_TRUE(HistoryOf(RunsOf(Step(40, 25, 120), other)).changes.empty());
  other.floor = 10;
  EXPECT_EQ(HistoryOf(RunsOf(Step(40, 25, 120), other)).changes.size(), 1u);
}

// Commits of four replicates; the level changes with run 20. Of two beginnings that are as near, 18
// and 22, the earlier one counts.
TEST(MetricHistory, AChangeBeginsWithACommitsFirstRun) {
  const std::vector<double> values = Step(40, 20, 120);
  const std::vector<size_t> expected = {5, 5, 4, 4};  // of those that begin at 20, 21, 18, 19
  for (size_t shift = 0; shift < expected.size(); ++shift) {  // the commits begin so much later
    std::vector<RunRecord> records;
    for (size_t i = 0; i < values.size(); ++i) {
      const size_t commit = i < shift ? 0 : (i - shift) / 4;
      records.push_back(RunOf(std::to_string(commit), static_cast<int64_t>(i), values[i], kTime,
                              static_cast<int64_t>(i % 4)));
    }
    const MetricHistory history = HistoryOf(records);
    ASSERT_EQ(history.changes.size(), 1u);
    EXPECT_EQ(history.changes.front().commit, expected[shift]) << shift;
    EXPECT_FALSE(history.changes.front().within_commit);
  }
}

TEST(MetricHistory, AChangeAmongTheRunsOfACommitIsNotTheSources) {
  const std::vector<double> values = Step(40, 20, 120);
  std::vector<RunRecord> records;
  for (size_t i = 0; i < values.size(); ++i) {
    records.push_back(RunOf(i < 10 ? "a" : "b", static_cast<int64_t>(i), values[i], kTime));
  }
  const MetricHistory history = HistoryOf(records);
  ASSERT_EQ(history.changes.size(), 1u);
  EXPECT_TRUE(history.changes.front().within_commit);
  EXPECT_EQ(history.changes.front().commit, 1u);
}

TEST(MetricHistory, TimesOfResumedRunsDoNotCount) {
  std::vector<RunRecord> records = RunsOf({1, 2, 3}, kTime);
  records[1].attempts = 2;
  const MetricHistory history = HistoryOf(records);
  EXPECT_EQ(history.num_left_out, 1u);
  EXPECT_EQ(history.values[1], std::nullopt);
  records = RunsOf({1, 2, 3}, MetricOf(MetricKind::kLearning, Better::kLower));
  records[1].attempts = 2;
  EXPECT_EQ(HistoryOf(records).num_left_out, 0u);
}

TEST(MetricHistory, WhatIsNotFiniteOrOfOtherUnitsIsLeftOut) {
  std::vector<RunRecord> records = RunsOf({1, std::nan(""), 3, 4}, kTime);
  records[0].summary["m"].metric.units = "ms";
  const MetricHistory history = HistoryOf(records);
  EXPECT_EQ(history.num_left_out, 2u);
  EXPECT_EQ(history.first(), 3);
}

TEST(MetricHistory, AnExactValueChangesAtOnce) {
  const MetricHistory history = HistoryOf(RunsOf({8, 8, 8, 10, 10, 8}, kCount));  // 12.5% is 1
  EXPECT_TRUE(history.exact);
  ASSERT_EQ(history.changes.size(), 2u);
  EXPECT_EQ(history.changes[0].commit, 3u);
  EXPECT_EQ(history.changes[0].before, 8);
  EXPECT_EQ(history.changes[0].after, 10);
  EXPECT_FALSE(history.changes[0].p_value);
  EXPECT_EQ(history.changes[1].commit, 5u);
  EXPECT_TRUE(HistoryOf(RunsOf({8, 8, 9, 8}, kCount)).changes.empty());  // by no more than 1
}

// Other replicates have other seeds and so other counts.
TEST(MetricHistory, ExactValuesAreComparedWithinAReplicateNumber) {
  const std::vector<RunRecord> records = {
      RunOf("a", 0, 10, kCount, 0), RunOf("a", 1, 20, kCount, 1), RunOf("b", 2, 20, kCount, 1),
      RunOf("c", 3, 10, kCount, 0), RunOf("d", 4, 30, kCount, 1)};
  const MetricHistory history = HistoryOf(records);
  ASSERT_EQ(history.changes.size(), 1u);
  EXPECT_EQ(history.changes.front().commit, 3u);
}

TEST(MetricHistory, AnExactChangeIsThatOfTheReplicateThatChangedMost) {
  // The median falls from 21 to 15, while the only replicate that changed rose.
  const MetricInfo metric = MetricOf(MetricKind::kCount, Better::kLower, /*deterministic=*/true);
  const std::vector<RunRecord> records = {
      RunOf("a", 0, 10, metric, 0), RunOf("a", 1, 12, metric, 1), RunOf("a", 2, 30, metric, 2),
      RunOf("a", 3, 50, metric, 3), RunOf("b", 4, 10, metric, 0), RunOf("b", 5, 20, metric, 1)};
  const MetricHistory history = HistoryOf(records);
  ASSERT_EQ(history.changes.size(), 1u);
  EXPECT_EQ(history.changes.front().before, 12);
  EXPECT_EQ(history.changes.front().after, 20);
  EXPECT_EQ(history.changes.front().direction, ChangeDirection::kRegressed);
  EXPECT_FALSE(history.changes.front().within_commit);
}

TEST(MetricHistory, AnExactValueThatDiffersWithinAnyCommitIsNotTheSources) {
  const std::vector<RunRecord> records = {RunOf("a", 0, 10, kCount), RunOf("b", 1, 10, kCount),
                                          RunOf("b", 2, 20, kCount), RunOf("c", 3, 40, kCount)};
  const MetricHistory history = HistoryOf(records);
  ASSERT_EQ(history.changes.size(), 2u);
  EXPECT_EQ(history.changes[0].commit, 1u);
  EXPECT_TRUE(history.changes[0].within_commit);
  EXPECT_FALSE(history.changes[1].within_commit);
}

// A metric whose replicates' levels are drawn: ten replicates of the first commit, then replicate 0
// alone, or two of three at a time; from commit `change` on every value is a tenth greater.
std::vector<RunRecord> LearningRuns(uint64_t seed, size_t num_commits, size_t change) {
  MetricInfo metric = MetricOf(MetricKind::kLearning, Better::kLower, /*deterministic=*/true);
  metric.threshold = 0.005;
  Random random(seed);
  const std::vector<double> levels = NormalDraws(&random, 10, 100, 5);
  std::vector<RunRecord> records;
  for (size_t commit = 0; commit < num_commits; ++commit) {
    const size_t num_replicates = commit == 0 ? 10 : seed % 2 == 0 ? 1 : 1 + commit % 3;
    for (size_t r = 0; r < num_replicates; ++r) {
      records.push_back(RunOf(std::to_string(commit), static_cast<int64_t>(records.size()),
                              levels[r] * (commit >= change ? 1.1 : 1), metric,
                              static_cast<int64_t>(r)));
    }
  }
  return records;
}

TEST(MetricHistory, WhichReplicatesWereRunIsNoChange) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    EXPECT_TRUE(HistoryOf(LearningRuns(seed, 13, 99)).changes.empty()) << seed;
  }
}

TEST(MetricHistory, AChangeOfLearningIsFoundWhicheverReplicatesWereRun) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const MetricHistory history = HistoryOf(LearningRuns(seed, 30, 14));
    ASSERT_EQ(history.changes.size(), 1u) << seed;
    EXPECT_EQ(history.changes.front().commit, 14u) << seed;
    EXPECT_EQ(history.changes.front().direction, ChangeDirection::kRegressed);
    EXPECT_NEAR(history.changes.front().after / history.changes.front().before, 1.1, 0.02);
  }
}

// A learning metric in runs of one level per replicate; from commit `change` on 10 more.
class Levels {
 public:
  explicit Levels(size_t change) : change_(change) { metric_.threshold = 0.005; }
  void Run(size_t commit, int64_t replicate, double level) {
    records_.push_back(RunOf(std::to_string(commit), static_cast<int64_t>(10 * commit) + replicate,
                             level + (commit >= change_ ? 10 : 0), metric_, replicate));
  }
  MetricHistory History() const { return HistoryOf(records_); }

 private:
  size_t change_;
  MetricInfo metric_ = MetricOf(MetricKind::kLearning, Better::kLower, /*deterministic=*/true);
  std::vector<RunRecord> records_;
};

// Replicate 0 has twice as many runs after the change as before it, replicate 1 the reverse. Around
// the medians of their own, 110 and 200, the first is at -10 and then 0, the second at 0 and then
// +10: no level of the commits.
TEST(MetricHistory, AChangeIsOfOneSizeWhicheverSideAReplicateHasMostRunsOf) {
  Levels levels(10);
  for (size_t commit = 0; commit < 30; ++commit) {
    levels.Run(commit, 0, 100);
    if (commit < 15) levels.Run(commit, 1, 200);
  }
  const MetricHistory history = levels.History();
  ASSERT_EQ(history.changes.size(), 1u);
  EXPECT_EQ(history.changes.front().commit, 10u);
  EXPECT_EQ(history.changes.front().before, 100);
  EXPECT_EQ(history.changes.front().after, 110);
}

// Three of the four replicates were run with the last ten commits alone: each of them is at its own
// median there, so that around these medians three quarters of the runs show no change.
TEST(MetricHistory, ReplicatesThatWereAddedAfterAChangeDoNotHideIt) {
  Levels levels(20);
  for (size_t commit = 0; commit < 30; ++commit) {
    levels.Run(commit, 0, 100);
    for (const int64_t added : {1, 2, 3}) {
      if (commit >= 20) levels.Run(commit, added, 30 + 20 * static_cast<double>(added));
    }
  }
  const MetricHistory history = levels.History();
  ASSERT_EQ(history.changes.size(), 1u);
  EXPECT_EQ(history.changes.front().commit, 20u);
  EXPECT_EQ(history.changes.front().before, 100);
  EXPECT_EQ(history.changes.front().after, 110);
}

TEST(MetricHistory, WithoutStrictRunsNothingIsExact) {
  std::vector<RunRecord> records = RunsOf({8, 8, 10}, kCount);
  for (RunRecord& record : records) record.header.strict = false;
  EXPECT_FALSE(HistoryOf(records).exact);
}

TEST(MetricHistory, FewerThanTwoSegmentsAreNotTested) {
  const MetricHistory history = HistoryOf(RunsOf({1, 1, 1, 1, 9, 9, 9, 9, 9}, kTime));
  EXPECT_TRUE(history.changes.empty());
}

// Located within two runs: 200 histories, a step of five deviations at a place that is drawn.
TEST(MetricHistory, LocatesAChangeWithinTwoRuns) {
  Random random(7);
  MetricInfo metric = kTime;
  metric.threshold = 0.02;
  int64_t num_within = 0;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    const size_t change = 8 + random.Below(24);
    const auto history = HistoryOf(RunsOf(Step(40, change, 105, seed), metric));
    ASSERT_EQ(history.changes.size(), 1u) << seed;
    const auto at = static_cast<int64_t>(history.changes.front().commit);
    num_within += std::abs(at - static_cast<int64_t>(change)) <= 2 ? 1 : 0;
  }
  EXPECT_EQ(num_within, 200);
}

}  // namespace
}  // namespace bench::results
