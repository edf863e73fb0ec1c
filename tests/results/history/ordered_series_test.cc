#include "results/history/ordered_series.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/results/history/runs.h"

namespace bench::results {
namespace {

const MetricInfo kTime = MetricOf(MetricKind::kTime, Better::kLower);

std::vector<std::string> CommitsOf(const OrderedSeries& series) {
  std::vector<std::string> commits;
  for (const HistoryCommit& commit : series.commits) commits.push_back(commit.commit);
  return commits;
}

TEST(OrderSeries, OrdersCommitsByTheirFirstRunAndKeepsThemTogether) {
  // "b" ran first, then "a", then "b" again.
  const std::vector<RunRecord> records = {RunOf("a", 2, 10, kTime), RunOf("b", 3, 20, kTime),
                                          RunOf("b", 1, 30, kTime)};
  const auto all = OrderSeries(Pointers(records));
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(CommitsOf(all[0]), (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(all[0].commits[0].num_runs, 2);
  EXPECT_EQ(all[0].commits[0].start_time_utc, StartOf(1));
  std::vector<double> values;
  for (const SeriesRun& run : all[0].runs) values.push_back(run.record->summary.at("m").value);
  EXPECT_EQ(values, (std::vector<double>{30, 20, 10}));
}

TEST(OrderSeries, ADirtyTreeIsAnotherCommit) {
  std::vector<RunRecord> records;
  for (int64_t i = 0; i < 4; ++i) records.push_back(RunOf("a", i, 1, kTime));
  records[1].header.provenance["source_dirty"] = true;
  records[2].header.provenance["source_dirty"] = true;
  records[2].header.provenance["source_diff_sha256"] = "d";
  const auto all = OrderSeries(Pointers(records));
  ASSERT_EQ(all[0].commits.size(), 3u);
  EXPECT_EQ(all[0].commits[0].num_runs, 2);  // the first and the last run
  EXPECT_TRUE(all[0].commits[1].dirty);
  EXPECT_EQ(all[0].commits[2].diff_sha256, "d");
}

TEST(OrderSeries, WhatMayNotBeComparedIsASeriesOfItsOwn) {
  const std::vector<std::function<void(RunHeader&)>> differences = {
      [](RunHeader& header) { header.machine_class = "other"; },
      [](RunHeader& header) { header.device = "cuda"; },
      [](RunHeader& header) { header.threads = 7; },
      [](RunHeader& header) { header.world_size = 7; },
      [](RunHeader& header) { header.definition_sha256 = "other"; },
      [](RunHeader& header) { header.recipe_key = "of other inputs"; },
      [](RunHeader& header) { header.strict = false; }};
  std::vector<RunRecord> records = {RunOf("a", 0, 1, kTime), RunOf("b", 1, 1, kTime)};
  for (const auto& differ : differences) {
    records.push_back(RunOf("b", 2, 1, kTime));
    differ(records.back().header);
  }
  const auto all = OrderSeries(Pointers(records));
  ASSERT_EQ(all.size(), 1 + differences.size());
  EXPECT_EQ(all[0].runs.size(), 2u);  // the one with the most runs is first
}

TEST(OrderSeries, RunsWithoutASourceAreOneCommitWithoutAName) {
  std::vector<RunRecord> records = {RunOf("a", 0, 1, kTime), RunOf("b", 1, 1, kTime)};
  for (RunRecord& record : records) record.header.provenance.clear();
  const auto all = OrderSeries(Pointers(records));
  EXPECT_EQ(CommitsOf(all[0]), std::vector<std::string>{""});
  EXPECT_EQ(all[0].commits[0].num_runs, 2);
}

TEST(IsBySeveralCommits, OfAResumedRunWhoseAttemptsDiffer) {
  RunRecord record = ResumedRecord();  // "def", unknown, "abc"
  EXPECT_TRUE(IsBySeveralCommits(record));
  record.attempt_facts[1].provenance["source_commit"] = "abc";
  EXPECT_TRUE(IsBySeveralCommits(record));  // the tree of the first did not differ from it
  record.attempt_facts[1].provenance["source_dirty"] = true;
  EXPECT_FALSE(IsBySeveralCommits(record));
  EXPECT_FALSE(IsBySeveralCommits(SampleRecord()));
  EXPECT_FALSE(IsBySeveralCommits(RunRecord()));
}

}  // namespace
}  // namespace bench::results
