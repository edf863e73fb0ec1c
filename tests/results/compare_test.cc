#include "results/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "tests/results/sample_record.h"

namespace bench::results {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const SummaryRow& RowOf(const Comparison& comparison, const std::string& path) {
  for (const SummaryRow& row : comparison.rows) {
    if (row.metric.Path() == path) return row;
  }
  ADD_FAILURE() << "no row " << path;
  return comparison.rows.front();
}

// Base and head differ by `change` only.
Comparison With(const std::function<void(RunRecord&)>& change) {
  RunRecord head = SampleRecord();
  change(head);
  return Compare(SampleRecord(), head);
}

// A record whose only summary value is `value` of a metric with threshold 1/8 (exact in binary).
RunRecord Single(double value, Better better, MetricKind kind = MetricKind::kLearning) {
  RunRecord record;
  record.header = SampleHeader();
  record.status = RunStatus::kComplete;
  MetricInfo metric = {"m", "", "1", better, false, 0.125, "A metric", kind};
  record.summary["m"] = {metric, value};
  return record;
}

struct JudgedChange {
  Verdict verdict;
  ExitCode exit_code;
  bool operator==(const JudgedChange&) const = default;
};
JudgedChange Judge(Better better, double base, double head) {
  const Comparison comparison = Compare(Single(base, better), Single(head, better));
  return {comparison.rows.at(0).verdict, comparison.exit_code()};
}

TEST(Compare, ARunEqualsItself) {
  const Comparison comparison = Compare(SampleRecord(), SampleRecord());
  EXPECT_THAT(comparison.incomparable, IsEmpty());
  ASSERT_TRUE(comparison.bitwise.has_value());
  EXPECT_TRUE(comparison.bitwise->identical());
  EXPECT_EQ(comparison.bitwise->num_digests, 3);
  // loss 3, learning rate 3, grad norm 1, exact match 1 + 1; summaries loss and exact match;
  // examples of rank 2.
  EXPECT_EQ(comparison.bitwise->num_values, 12);
  for (const SummaryRow& row : comparison.rows) EXPECT_EQ(row.verdict, Verdict::kSame);
  EXPECT_EQ(comparison.exit_code(), ExitCode::kOk);
}

TEST(Compare, ChangesAreJudgedByThresholdAndDirection) {
  const JudgedChange same = {Verdict::kSame, ExitCode::kOk};
  const JudgedChange regressed = {Verdict::kRegressed, ExitCode::kRegressed};
  const JudgedChange improved = {Verdict::kImproved, ExitCode::kOk};
  EXPECT_EQ(Judge(Better::kLower, 8, 9), same);  // exactly the threshold does not count
  EXPECT_EQ(Judge(Better::kLower, 8, 9.25), regressed);
  EXPECT_EQ(Judge(Better::kLower, 8, 6.75), improved);
  EXPECT_EQ(Judge(Better::kHigher, 8, 6.75), regressed);
  EXPECT_EQ(Judge(Better::kHigher, 8, 9.25), improved);
  EXPECT_EQ(Judge(Better::kHigher, 8, 7), same);
  EXPECT_EQ(Judge(Better::kNone, 8, 100), (JudgedChange{Verdict::kChanged, ExitCode::kOk}));
}

TEST(Compare, NegativeAndZeroBasesAreJudgedByTheSizeOfTheChange) {
  EXPECT_EQ(Judge(Better::kHigher, -8, -7).verdict, Verdict::kSame);
  EXPECT_EQ(Judge(Better::kHigher, -8, -6.5).verdict, Verdict::kImproved);
  EXPECT_EQ(Judge(Better::kLower, -8, -6.5).verdict, Verdict::kRegressed);
  EXPECT_EQ(Judge(Better::kHigher, 0, 0).verdict, Verdict::kSame);
  EXPECT_EQ(Judge(Better::kHigher, 0, 1e-9).verdict, Verdict::kImproved);
  EXPECT_EQ(Judge(Better::kHigher, 0, -1e-9).verdict, Verdict::kRegressed);
}

TEST(Compare, RatiosAreHeadOverBase) {
  const auto ratio = [](double base, double head) {
    return Compare(Single(base, Better::kLower), Single(head, Better::kLower)).rows.at(0).ratio;
  };
  EXPECT_EQ(ratio(8, 6), 0.75);
  EXPECT_EQ(ratio(0, 6), std::nullopt);
  EXPECT_EQ(ratio(8, INFINITY), std::nullopt);
  EXPECT_EQ(ratio(NAN, 6), std::nullopt);
}

TEST(Compare, NonFiniteValuesFail) {
  const JudgedChange non_finite = {Verdict::kNonFinite, ExitCode::kRegressed};
  EXPECT_EQ(Judge(Better::kNone, 8, NAN), non_finite);
  EXPECT_EQ(Judge(Better::kLower, 8, -INFINITY), non_finite);
  EXPECT_EQ(Judge(Better::kHigher, NAN, 8), non_finite);
  EXPECT_EQ(Judge(Better::kHigher, NAN, NAN), non_finite);
}

TEST(Compare, ADivergedHeadFailsNamingTheStep) {
  const Comparison comparison = With([](RunRecord& head) {
    head.status = RunStatus::kDiverged;
    head.steps["loss"].value[1] = NAN;
  });
  EXPECT_THAT(comparison.incomparable, IsEmpty());
  EXPECT_EQ(comparison.exit_code(), ExitCode::kRegressed);
  ASSERT_TRUE(comparison.non_finite.has_value());
  EXPECT_EQ(comparison.non_finite->path, "steps/loss");
  EXPECT_EQ(comparison.non_finite->step, 2);
}

TEST(Compare, ADivergedHeadFailsEvenIfNoValueSaysSo) {
  const Comparison comparison = With([](RunRecord& head) { head.status = RunStatus::kDiverged; });
  EXPECT_FALSE(comparison.non_finite.has_value());
  EXPECT_EQ(comparison.exit_code(), ExitCode::kRegressed);
}

TEST(Compare, EachDifferenceThatForbidsComparingIsNamed) {
  const std::pair<std::string, std::function<void(RunRecord&)>> cases[] = {
      {"definition hash", [](RunRecord& r) { r.header.definition_sha256[0] = '0'; }},
      {"stage", [](RunRecord& r) { r.header.stage = "ppo"; }},
      {"--set", [](RunRecord& r) { r.header.ad_hoc = true; }},
      {"replicate", [](RunRecord& r) { r.header.replicate = 0; }},
      {"machine class", [](RunRecord& r) { r.header.machine_class = "other"; }},
      {"device", [](RunRecord& r) { r.header.device = "cuda"; }},
      {"threads", [](RunRecord& r) { r.header.threads = 4; }},
      {"processes", [](RunRecord& r) { r.header.world_size = 16; }},
      {"strict", [](RunRecord& r) { r.header.strict = false; }},
      {"input data", [](RunRecord& r) { r.header.inputs["data"] = "other"; }},
      {"input initial_weights", [](RunRecord& r) { r.header.inputs["initial_weights"] = "w"; }},
      {"input tokenizer", [](RunRecord& r) { r.header.inputs.erase("tokenizer"); }},
      {"interrupted", [](RunRecord& r) { r.status = RunStatus::kInterrupted; }},
      {"failed", [](RunRecord& r) { r.status = RunStatus::kFailed; }},
  };
  for (const auto& [reason, change] : cases) {
    const Comparison comparison = With(change);
    EXPECT_THAT(comparison.incomparable, ElementsAre(HasSubstr(reason)));
    EXPECT_EQ(comparison.exit_code(), ExitCode::kIncomparable) << reason;
    EXPECT_THAT(comparison.rows, IsEmpty()) << reason;
  }
}

TEST(Compare, ABaseThatDivergedIsNoBaseline) {
  RunRecord base = SampleRecord();
  base.status = RunStatus::kDiverged;
  const Comparison comparison = Compare(base, SampleRecord());
  EXPECT_THAT(comparison.incomparable, ElementsAre(HasSubstr("base run is diverged")));
}

TEST(Compare, WhatIsNoPartOfTheRecipeDoesNotForbidComparing) {
  const Comparison comparison = With([](RunRecord& head) {
    head.header.run_id = "other";
    head.header.provenance["commit"] = "def";
    head.header.experiment = "renamed";
  });
  EXPECT_EQ(comparison.exit_code(), ExitCode::kOk);
  EXPECT_THAT(comparison.notes, ElementsAre(HasSubstr("different names")));
}

TEST(Compare, TheFirstDifferingDigestIsNamed) {
  const Comparison comparison = With([](RunRecord& head) {
    head.digests["optimizer"].sha256[0][5] = '0';  // step 3
    head.digests["weights"].sha256[1][5] = '0';    // step 3
  });
  const auto& digest = comparison.bitwise->digest;
  ASSERT_TRUE(digest.has_value());
  EXPECT_EQ(digest->path, "digests/optimizer");  // of the same step the first by name
  EXPECT_EQ(digest->step, 3);
  EXPECT_FALSE(comparison.bitwise->identical());
  EXPECT_FALSE(comparison.bitwise->metric.has_value());
  EXPECT_EQ(comparison.exit_code(), ExitCode::kOk);  // a difference alone is no regression
}

TEST(Compare, TheFirstDifferingStepAndMetricIsNamed) {
  const Comparison comparison = With([](RunRecord& head) {
    head.steps["grad_norm"].value[0] += 1;                   // step 2
    head.steps["loss"].value[2] = std::nextafter(4.125, 5);  // step 3
    head.evals["exact_match"].value[0] += 1;                 // step 3
  });
  const auto& metric = comparison.bitwise->metric;
  ASSERT_TRUE(metric.has_value());
  EXPECT_EQ(metric->path, "steps/grad_norm");
  EXPECT_EQ(metric->step, 2);
  EXPECT_EQ(metric->base, "0.75");
  EXPECT_EQ(metric->head, "1.75");
}

TEST(Compare, ADeterministicValueOfOneRankIsComparedBitwise) {
  const Comparison comparison = With([](RunRecord& head) {
    head.ranks[2]["examples/zh_hant/50%"].value = 8;
    head.ranks[0]["peak_memory"].value = 1;  // not deterministic
  });
  ASSERT_TRUE(comparison.bitwise->metric.has_value());
  EXPECT_EQ(comparison.bitwise->metric->path, "ranks/2/examples/zh_hant/50%");
  EXPECT_EQ(comparison.bitwise->metric->step, std::nullopt);
  EXPECT_EQ(comparison.bitwise->metric->base, "7");
  EXPECT_EQ(comparison.bitwise->metric->head, "8");
  EXPECT_EQ(comparison.exit_code(), ExitCode::kOk);  // a difference alone is no regression
}

TEST(Compare, OneUnitInTheLastPlaceIsADifference) {
  const Comparison comparison =
      With([](RunRecord& head) { head.steps["loss"].value[2] = std::nextafter(4.125, 5); });
  ASSERT_TRUE(comparison.bitwise->metric.has_value());
  EXPECT_EQ(comparison.bitwise->metric->base, "4.125");
  EXPECT_EQ(comparison.bitwise->metric->head, "4.1250000000000009");  // 4.125 + 2^-50
}

TEST(Compare, ARowThatOneRunLacksIsADifference) {
  const Comparison comparison = With([](RunRecord& head) {
    head.digests.erase("optimizer");
    head.steps["loss"] = {Info(kLoss), {1, 2}, {100, 200}, {0.5, 1.0}, {5.25, 5.0}};
  });
  EXPECT_EQ(comparison.bitwise->digest->head, "absent");
  EXPECT_EQ(comparison.bitwise->metric->path, "steps/loss");
  EXPECT_EQ(comparison.bitwise->metric->step, 3);
  EXPECT_EQ(comparison.bitwise->metric->head, "absent");
}

TEST(Compare, ADifferingSummaryIsNamedAfterAllSteps) {
  const Comparison comparison = With([](RunRecord& head) { head.summary["loss"].value = 4.126; });
  EXPECT_EQ(comparison.bitwise->metric->path, "summary/loss");
  EXPECT_FALSE(comparison.bitwise->metric->step.has_value());
}

TEST(Compare, TimesAreNotComparedBitwise) {
  const Comparison comparison = With([](RunRecord& head) {
    head.summary["train_time"].value *= 1.001;
    for (double& time : head.steps["loss"].wall_time_s) time *= 2;
    head.steps["step_time"] = {Info(kStepTime), {1}, {100}, {0.5}, {0.25}};
  });
  EXPECT_TRUE(comparison.bitwise->identical());
}

TEST(Compare, RelaxedRunsAreNotComparedBitwise) {
  RunRecord record = SampleRecord();
  record.header.strict = false;
  const Comparison comparison = Compare(record, record);
  EXPECT_FALSE(comparison.bitwise.has_value());
  EXPECT_EQ(comparison.exit_code(), ExitCode::kOk);
}

TEST(Compare, NothingMeasuredIsNotAPass) {
  RunRecord record = SampleRecord();
  record.summary.clear();
  EXPECT_EQ(Compare(record, record).exit_code(), ExitCode::kIncomparable);
}

TEST(Compare, AMetricThatTheHeadLostIsInconclusive) {
  const Comparison comparison = With([](RunRecord& head) { head.summary.erase("loss"); });
  EXPECT_EQ(RowOf(comparison, "loss").verdict, Verdict::kOnlyInBase);
  EXPECT_EQ(RowOf(comparison, "loss").head, std::nullopt);
  EXPECT_EQ(comparison.exit_code(), ExitCode::kIncomparable);
}

TEST(Compare, ANewMetricIsShownAndNotJudged) {
  const Comparison comparison = With([](RunRecord& head) {
    head.summary["chrf"] = {Info(kChrf), 50};
  });
  EXPECT_EQ(RowOf(comparison, "chrf").verdict, Verdict::kOnlyInHead);
  EXPECT_EQ(comparison.exit_code(), ExitCode::kOk);
}

TEST(Compare, ARegressionOutweighsAMissingMetric) {
  const Comparison comparison = With([](RunRecord& head) {
    head.summary.erase("exact_match/zh_hant/50%");
    head.summary["loss"].value *= 2;
  });
  EXPECT_EQ(comparison.exit_code(), ExitCode::kRegressed);
}

TEST(Compare, TimesOfAResumedRunAreNotJudged) {
  const Comparison comparison = With([](RunRecord& head) {
    head.attempts = 2;
    head.resumed_from = {1};
    head.summary["train_time"].value *= 10;
  });
  EXPECT_EQ(RowOf(comparison, "train_time").verdict, Verdict::kNotJudged);
  EXPECT_EQ(RowOf(comparison, "loss").verdict, Verdict::kSame);
  EXPECT_THAT(comparison.notes, ElementsAre(HasSubstr("resumed")));
  EXPECT_EQ(comparison.exit_code(), ExitCode::kOk);
}

TEST(Compare, ATimeThatAResumedRunLacksIsNotJudged) {
  const Comparison comparison = With([](RunRecord& head) {
    head.attempts = 2;
    head.resumed_from = {1};
    head.summary.erase("train_time");
  });
  EXPECT_EQ(RowOf(comparison, "train_time").verdict, Verdict::kNotJudged);
  EXPECT_EQ(comparison.exit_code(), ExitCode::kOk);
}

TEST(Compare, AResumedRunWithNothingButTimesIsNotAPass) {
  RunRecord record = Single(8, Better::kLower, MetricKind::kTime);
  record.attempts = 2;
  record.resumed_from = {1};
  EXPECT_EQ(Compare(record, record).exit_code(), ExitCode::kIncomparable);
}

}  // namespace
}  // namespace bench::results
