#include "results/history/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/status.h"
#include "tests/results/history/runs.h"
#include "tests/results/statistics/normal_draws.h"

namespace bench::results {
namespace {

const MetricInfo kTime = MetricOf(MetricKind::kTime, Better::kLower);

History Built(const std::vector<RunRecord>& records, const MetricSelection& selection = {}) {
  auto history = BuildHistory("sft_small", records, selection);
  EXPECT_TRUE(history.ok()) << history.status();
  return *std::move(history);
}

TEST(BuildHistory, CountsRunsThatDidNotComplete) {
  std::vector<RunRecord> records = RunsOf({1, 2, 3, 4}, kTime);
  records[1].status = RunStatus::kInterrupted;
  records[2].status = RunStatus::kDiverged;
  const History history = Built(records);
  EXPECT_EQ(history.num_runs(), 2);
  EXPECT_EQ(history.num_incomplete.at(RunStatus::kInterrupted), 1);
  EXPECT_EQ(history.num_incomplete.at(RunStatus::kDiverged), 1);
}

TEST(BuildHistory, ACopyOfARunCountsOnce) {
  std::vector<RunRecord> records = RunsOf({1, 2}, kTime);
  records.push_back(records[0]);
  const History history = Built(records);
  EXPECT_EQ(history.num_runs(), 2);
  EXPECT_EQ(history.num_copies, 1);
}

TEST(BuildHistory, ARunBySeveralCommitsHasNoPlace) {
  std::vector<RunRecord> records = RunsOf({1, 2}, kTime);
  records[1].attempts = 2;
  records[1].attempt_facts[1].provenance["source_commit"] = "0";
  records[1].attempt_facts[2] = Attempt::Of(records[1].header);
  const History history = Built(records);
  EXPECT_EQ(history.num_runs(), 1);
  EXPECT_EQ(history.num_by_several_commits, 1);
}

TEST(BuildHistory, AMetricThatNoRunHasIsAnError) {
  const auto history = BuildHistory("e", RunsOf({1, 2}, kTime), MetricSelection({"time", "typo"}));
  EXPECT_EQ(ExitCodeFor(history.status()), ExitCode::kUsage);
  EXPECT_THAT(std::string(history.status().message()),
              testing::AllOf(testing::HasSubstr("--metrics typo"), testing::EndsWith("have m")));
  // A kind that none of them is, is none.
  EXPECT_TRUE(BuildHistory("e", RunsOf({1, 2}, kTime), MetricSelection({"memory"})).ok());
  // Nothing is known of what no run has.
  EXPECT_TRUE(BuildHistory("e", {}, MetricSelection({"typo"})).ok());
}

TEST(BuildHistory, DeterministicMetricsThatNeverChangedAreNamedApart) {
  std::vector<RunRecord> records = RunsOf({1, 2}, kTime);
  MetricInfo count = MetricOf(MetricKind::kCount, Better::kNone, /*deterministic=*/true);
  count.name = "parameters";
  for (RunRecord& record : records) record.summary["parameters"] = {count, 7};
  const History history = Built(records);
  ASSERT_EQ(history.sections.size(), 1u);
  EXPECT_EQ(history.sections[0].metrics.size(), 1u);
  EXPECT_EQ(history.sections[0].constant, std::vector<std::string>{"parameters"});
  EXPECT_TRUE(Built(records, MetricSelection({"time"})).sections[0].constant.empty());
}

TEST(BuildHistory, MetricsWithChangesComeFirst) {
  std::vector<double> values(20, 1);
  std::fill(values.begin() + 10, values.end(), 2);
  std::vector<RunRecord> records = RunsOf(values, kTime);
  MetricInfo still = kTime;
  still.name = "a";
  for (RunRecord& record : records) record.summary["a"] = {still, 1};
  const History history = Built(records);
  EXPECT_EQ(history.num_changes(), 1);
  EXPECT_EQ(history.sections[0].metrics[0].metric.name, "m");
  EXPECT_EQ(history.sections[0].metrics[0].changes.front().commit, 10u);
}

// A p-value of 0.0005, the least of 1,999 shuffles, times two metrics.
TEST(BuildHistory, PValuesAreAdjustedForTheNumberOfMetrics) {
  std::vector<double> values(40, 1);
  std::fill(values.begin() + 20, values.end(), 2);
  std::vector<RunRecord> records = RunsOf(values, kTime);
  MetricInfo still = kTime;
  still.name = "a";
  for (RunRecord& record : records) record.summary["a"] = {still, 1};
  const MetricHistory changed = Built(records).sections[0].metrics[0];
  ASSERT_EQ(changed.changes.size(), 1u);
  EXPECT_DOUBLE_EQ(*changed.changes[0].p_value, 1.0 / 2000);
  EXPECT_DOUBLE_EQ(*changed.adjusted_p_value, 2.0 / 2000);
}

// Histories of 30 runs and ten metrics in which nothing changed: at most 5% may have a change.
TEST(BuildHistory, HistoriesWithoutAChangeHaveNone) {
  constexpr int kHistories = 1000;
  constexpr int kMetrics = 10;
  MetricInfo metric = kTime;
  metric.threshold = 0;  // then 2%, where the spread of a value is 5%
  int num_flagged = 0;
  for (int i = 0; i < kHistories; ++i) {
    Random random(static_cast<uint64_t>(i));
    std::vector<RunRecord> records = RunsOf(NormalDraws(&random, 30, 100, 5), metric);
    for (int m = 1; m < kMetrics; ++m) {
      metric.name = "m" + std::to_string(m);
      for (RunRecord& record : records) {
        record.summary[metric.name] = {metric, NormalDraws(&random, 1, 100, 5).front()};
      }
    }
    metric.name = "m";
    num_flagged += Built(records).num_changes() > 0 ? 1 : 0;
  }
  std::printf("%d of %d histories flagged\n", num_flagged, kHistories);
  EXPECT_LE(num_flagged, kHistories / 20);
}

}  // namespace
}  // namespace bench::results
