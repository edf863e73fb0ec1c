#include "harness/run/sweep_acceptance.h"

#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/run/acceptance.h"
#include "results/metrics.h"
#include "tests/results/sweeps/sample_sweep.h"

namespace bench::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

SweepBoundSpec Difference(const std::string& arm, const std::string& than, double min) {
  SweepBoundSpec bound;
  bound.difference = {"exact_match", arm, than, min};
  return bound;
}

SweepBoundSpec Chance(const std::string& metric, double value, double standard_errors) {
  SweepBoundSpec bound;
  bound.chance = {metric, "direct", value, standard_errors};
  return bound;
}

// Replicates 0, 1, ... of a treatment and a control.
results::RunRecord Record(const std::vector<double>& chain, const std::vector<double>& direct,
                          const results::MetricDescriptor& metric = results::kExactMatch) {
  results::Sweep sweep;
  sweep.arms = {{"chain", "treatment", ""}, {"direct", "control", ""}};
  sweep.metrics = {std::string(metric.name)};
  sweep.num_replicates = static_cast<int64_t>(chain.size());
  const results::MetricInfo info = results::Info(metric);
  sweep.values[info.name + "/chain"] = {info, chain};
  sweep.values[info.name + "/direct"] = {info, direct};
  return results::SweepRecordOf(sweep);
}

std::vector<std::string> Unmet(const SweepBoundSpec& bound, const results::RunRecord& record) {
  SweepSpec spec;
  spec.bounds = {bound};
  return UnmetInSweep(spec, record);
}

// By replicate 0.75, 0.5 and 0.625, though the arms' means are 0.625 apart.
TEST(SweepDifference, IsJudgedInTheWorstReplicate) {
  const results::RunRecord record = Record({1, 0.75, 0.875}, {0.25, 0.25, 0.25});
  EXPECT_THAT(Unmet(Difference("chain", "direct", 0.5), record), IsEmpty());
  EXPECT_THAT(Unmet(Difference("chain", "direct", 0.5625), record),
              ElementsAre("exact_match/chain - exact_match/direct = 0.5 in replicate 1 (0.75 and "
                          "0.25), must be at least 0.5625"));
}

// Each replicate with its own: 0.5 everywhere, though the worst of one arm and the best of the
// other are only 0.25 apart.
TEST(SweepDifference, PairsReplicatesOfOneNumber) {
  const results::RunRecord record = Record({0.5, 0.75}, {0, 0.25});
  EXPECT_THAT(Unmet(Difference("chain", "direct", 0.5), record), IsEmpty());
}

TEST(SweepDifference, WhatWasNotMeasuredOrIsNotANumberIsNeverEnough) {
  results::RunRecord record = Record({1, std::nan("")}, {0, 0});
  EXPECT_THAT(Unmet(Difference("chain", "direct", -1), record),
              ElementsAre(HasSubstr("in replicate 1")));
  record.samples.erase("exact_match/direct");
  EXPECT_THAT(Unmet(Difference("chain", "direct", -1), record),
              ElementsAre(HasSubstr("exact_match/direct was not measured")));
}

// Mean 0.25, deviation 0.03, standard error 0.03 / sqrt(3) = 0.01732.
TEST(SweepChance, ErrorsAreOfTheMeanOverReplicates) {
  const results::RunRecord record = Record({1, 1, 1}, {0.22, 0.25, 0.28});
  EXPECT_THAT(Unmet(Chance("exact_match", 0.22, 1.74), record), IsEmpty());
  EXPECT_THAT(Unmet(Chance("exact_match", 0.22, 1.72), record),
              ElementsAre(HasSubstr("exact_match/direct = 0.25, must not be better than 0.22")));
}

// Worse than chance is no better than chance.
TEST(SweepChance, OnlyBetterCounts) {
  EXPECT_THAT(Unmet(Chance("exact_match", 0.5, 0), Record({1, 1}, {0.2, 0.2})), IsEmpty());
  const results::RunRecord losses = Record({1, 1}, {2.5, 2.5}, results::kLoss);
  EXPECT_THAT(Unmet(Chance("loss", 2, 0), losses), IsEmpty());
  EXPECT_THAT(Unmet(Chance("loss", 3, 0), losses), ElementsAre(HasSubstr("loss/direct = 2.5")));
}

// Of 2 x 50 items at chance 0.2: sqrt(0.2 * 0.8 / 100) = 0.04, though the replicates do not differ.
TEST(SweepChance, CountedItemsHaveAnErrorOfTheirOwn) {
  results::RunRecord record = Record({1, 1}, {0.26, 0.26});
  EXPECT_THAT(Unmet(Chance("exact_match", 0.2, 2), record), ElementsAre(HasSubstr("0.26")));
  results::Table& counts = record.tables["counts"];
  counts.columns = {"arm", "replicate", "metric", "successes", "trials"};
  for (const int64_t replicate : {0, 1}) {
    counts.rows.push_back({"direct", replicate, "exact_match", int64_t{13}, int64_t{50}});
    counts.rows.push_back({"chain", replicate, "exact_match", int64_t{50}, int64_t{50}});
  }
  EXPECT_THAT(Unmet(Chance("exact_match", 0.2, 2), record), IsEmpty());
  EXPECT_THAT(Unmet(Chance("exact_match", 0.2, 1.4), record), ElementsAre(HasSubstr("0.04")));
}

TEST(SweepChance, OneReplicateWithoutCountsHasNoError) {
  EXPECT_THAT(Unmet(Chance("exact_match", 0.2, 2), Record({1}, {0.2})),
              ElementsAre(HasSubstr("no standard error")));
}

TEST(JudgeRecord, OfASweepJudgesBothKindsOfBounds) {
  LoadedDefinition loaded;
  SweepSpec spec;
  SweepBoundSpec mean;
  mean.metric = "exact_match/chain";
  mean.min = 0.9;
  spec.bounds = {mean, Difference("chain", "direct", 0.9)};
  loaded.definition.stage = spec;
  results::RunRecord record = Record({0.8, 0.8}, {0.25, 0.25});
  record.summary["exact_match/chain"] = {results::Info(results::kExactMatch, "chain"), 0.8};
  EXPECT_THAT(JudgeRecord(loaded, record).unmet,
              ElementsAre(HasSubstr("must be at least 0.9"), HasSubstr("in replicate 0")));
  loaded.ad_hoc = true;
  EXPECT_THAT(JudgeRecord(loaded, record).unmet, IsEmpty());
}

}  // namespace
}  // namespace bench::harness
