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

// So many items of each arm in the first replicates.
void Count(results::RunRecord& record, int64_t trials, int64_t num_replicates) {
  results::Table& counts = record.tables["counts"];
  counts.columns = {"arm", "replicate", "metric", "successes", "trials"};
  for (const char* arm : {"direct", "chain"}) {
    for (int64_t replicate = 0; replicate < num_replicates; ++replicate) {
      counts.rows.push_back({std::string(arm), replicate, "exact_match", int64_t{0}, trials});
    }
  }
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

// Mean 0.25, deviation 0.03, standard error 0.03 / sqrt(3): 0.22 is sqrt(3) of them away. Student's
// t of 2 degrees exceeds t with 1/2 - t / (2 sqrt(2 + t^2)), here 0.1127, as a normal one
// does 1.212.
TEST(SweepChance, WhereNothingIsCountedTheMeanIsJudgedByStudentsT) {
  const results::RunRecord record = Record({1, 1, 1}, {0.22, 0.25, 0.28});
  EXPECT_THAT(Unmet(Chance("exact_match", 0.22, 1.22), record), IsEmpty());
  EXPECT_THAT(Unmet(Chance("exact_match", 0.22, 1.2), record),
              ElementsAre(HasSubstr("exact_match/direct = 0.25, must not be better than 0.22")));
}

// Worse than chance is no better than chance.
TEST(SweepChance, OnlyBetterCounts) {
  EXPECT_THAT(Unmet(Chance("exact_match", 0.5, 0), Record({1, 1}, {0.2, 0.2})), IsEmpty());
  const results::RunRecord losses = Record({1, 1}, {2.5, 2.5}, results::kLoss);
  EXPECT_THAT(Unmet(Chance("loss", 2, 0), losses), IsEmpty());
  EXPECT_THAT(Unmet(Chance("loss", 3, 0), losses), ElementsAre(HasSubstr("loss/direct = 2.5")));
}

// The same rows asked of every replicate do not add up: of 50 items at chance 0.2 the error is
// sqrt(0.2 * 0.8 / 50) = 0.0566, 1.06 of which are 0.06.
TEST(SweepChance, TheErrorIsThatOfTheItemsOfOneReplicate) {
  results::RunRecord record = Record({1, 1}, {0.26, 0.26});
  EXPECT_THAT(Unmet(Chance("exact_match", 0.2, 2), record), ElementsAre(HasSubstr("0.26")));
  Count(record, 50, 2);
  EXPECT_THAT(Unmet(Chance("exact_match", 0.2, 1.1), record), IsEmpty());
  EXPECT_THAT(Unmet(Chance("exact_match", 0.2, 1), record), ElementsAre(HasSubstr("0.0565")));
}

// Their mean is one standard error between the replicates above chance.
TEST(SweepChance, OneReplicateThatSolvesItIsEnough) {
  results::RunRecord record = Record({1, 1, 1}, {0.2, 0.2, 1.0});
  Count(record, 500, 3);
  EXPECT_THAT(Unmet(Chance("exact_match", 0.2, 3), record),
              ElementsAre(HasSubstr("exact_match/direct = 1 in replicate 2, must not be better")));
}

TEST(SweepChance, AtNoChanceTheErrorIsOneItem) {
  results::RunRecord record = Record({1, 1}, {0, 2.0 / 64});
  Count(record, 64, 2);
  EXPECT_THAT(Unmet(Chance("exact_match", 0, 2), record), IsEmpty());
  record = Record({1, 1}, {0, 3.0 / 64});
  Count(record, 64, 2);
  EXPECT_THAT(Unmet(Chance("exact_match", 0, 2), record),
              ElementsAre(HasSubstr("in replicate 1, must not be better than 0 by more than 2 "
                                    "standard errors of 0.015625, of 64 items")));
}

// Judged by the mean then: 0.6, 0.4 above chance, with an error of 0.4 that is of one degree.
TEST(SweepChance, CountsOfSomeReplicatesAreNone) {
  results::RunRecord record = Record({1, 1}, {0.2, 1.0});
  Count(record, 500, 1);
  EXPECT_THAT(Unmet(Chance("exact_match", 0.2, 2), record), IsEmpty());
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
