#include "results/comparison/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "tests/results/comparison/groups.h"

namespace bench::results {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

const CompareOptions kLearning = {.policy = {}, .metrics = MetricSelection({"learning"})};

Comparison CompareRecords(const RunRecord& base, const RunRecord& head,
                          const CompareOptions& options = {}) {
  auto comparison = Compare(OneRun("base", base), OneRun("head", head), options);
  EXPECT_TRUE(comparison.ok()) << comparison.status();
  return *std::move(comparison);
}

// Base and head differ by `change` only.
Comparison With(const std::function<void(RunRecord&)>& change,
                const CompareOptions& options = kLearning) {
  RunRecord head = SampleRecord();
  change(head);
  return CompareRecords(SampleRecord(), head, options);
}

const JudgedChange& RowOf(const Comparison& comparison, const std::string& path) {
  for (const JudgedChange& row : comparison.rows) {
    if (row.change.metric.Path() == path) return row;
  }
  ADD_FAILURE() << "no row " << path;
  return comparison.rows.front();
}

TEST(Compare, ARunEqualsItself) {
  const Comparison comparison = With([](RunRecord&) {});
  EXPECT_THAT(comparison.comparability.reasons, IsEmpty());
  ASSERT_TRUE(comparison.bitwise.has_value());
  EXPECT_TRUE(comparison.bitwise->identical());
  for (const JudgedChange& row : comparison.rows) EXPECT_EQ(row.verdict, Verdict::kSame);
  EXPECT_EQ(comparison.exit_code(), ExitCode::kOk);
  EXPECT_THAT(Conclusion(comparison), StartsWith("ok: "));
}

// A machine may take as long as it likes in a single process.
TEST(Compare, TheTimeOfOneProcessIsNeverAPass) {
  const Comparison comparison = With([](RunRecord&) {}, {});
  EXPECT_EQ(RowOf(comparison, "train_time").verdict, Verdict::kUnclear);
  EXPECT_EQ(comparison.exit_code(), ExitCode::kIncomparable);
  EXPECT_THAT(Conclusion(comparison), HasSubstr("it takes about 3 replicates an arm"));
}

// 7 against 7, all 12% slower: p = 2 / C(14, 7).
TEST(Compare, ASlowerArmIsARegressionWithReplicatesEnough) {
  const MetricInfo time = Info(kStepTime);
  const std::vector<double> fast = {1, 1.01, 0.99, 1.02, 0.98, 1.03, 0.97};
  std::vector<double> slow = fast;
  for (double& seconds : slow) seconds *= 1.12;
  const auto exit_code = [&](size_t size) {
    const std::vector<double> base(fast.begin(), fast.begin() + static_cast<std::ptrdiff_t>(size));
    const std::vector<double> head(slow.begin(), slow.begin() + static_cast<std::ptrdiff_t>(size));
    return Compare(ValuesOf("b", time, base), ValuesOf("h", time, head))->exit_code();
  };
  EXPECT_EQ(exit_code(7), ExitCode::kRegressed);
  EXPECT_EQ(exit_code(5), ExitCode::kIncomparable);  // p = 2 / 252
  const auto improved = Compare(ValuesOf("b", time, slow), ValuesOf("h", time, fast));
  EXPECT_EQ(improved->rows.at(0).verdict, Verdict::kImproved);
  EXPECT_EQ(improved->exit_code(), ExitCode::kOk);
}

// The step spreads by 40% and is unclear; the range that became twice as slow is not.
TEST(Compare, ARangeThatIsShownToBeSlowerFailsWhereTheStepIsUnclear) {
  const auto runs = [](const std::string& path, double optimizer_s) {
    std::vector<RunRecord> records;
    for (int64_t i = 0; i < 8; ++i) {
      const double speed = 1 + 0.05 * static_cast<double>(i);
      records.push_back(RunWith(Info(kStepTime), (0.9375 + optimizer_s) * speed, i));
      const double seconds = optimizer_s * speed;
      records.back().ranges["optimizer"] = {{1, 2}, {1, 1}, {seconds, seconds}, {}};
    }
    return GroupOf(path, std::move(records));
  };
  const auto slower = Compare(runs("b", 0.0625), runs("h", 0.125));
  EXPECT_EQ(slower->rows.at(0).verdict, Verdict::kUnclear);
  EXPECT_EQ(slower->exit_code(), ExitCode::kRegressed);
  EXPECT_EQ(Conclusion(*slower), "REGRESSED: optimizer of a step");
  EXPECT_EQ(Compare(runs("b", 0.125), runs("h", 0.0625))->exit_code(), ExitCode::kIncomparable);
}

// The green of a small job: three processes an arm, apart by less than the margin of 2%.
TEST(Compare, ThreeQuietProcessesAnArmShowNotWorse) {
  const MetricInfo time = Info(kStepTime);
  const Group base = ValuesOf("b", time, {1, 1.004, 1.008});
  const Group head = ValuesOf("h", time, {1.002, 1.006, 1.01});
  EXPECT_EQ(Compare(base, head)->exit_code(), ExitCode::kOk);
  const Group slower = ValuesOf("h", time, {1.002, 1.006, 1.021});
  EXPECT_EQ(Compare(base, slower)->exit_code(), ExitCode::kIncomparable);
}

// One right answer of 100 more or fewer, in one replicate, is no verdict.
TEST(Compare, AScoreOfOneReplicateThatDiffersIsUnclear) {
  const Comparison comparison = With([](RunRecord& head) { head.summary["loss"].value *= 2; });
  EXPECT_EQ(RowOf(comparison, "loss").verdict, Verdict::kUnclear);
  EXPECT_EQ(comparison.exit_code(), ExitCode::kIncomparable);
}

TEST(Compare, NonFiniteValuesFail) {
  const Comparison comparison = With([](RunRecord& head) { head.summary["loss"].value = NAN; });
  EXPECT_EQ(RowOf(comparison, "loss").verdict, Verdict::kNonFinite);
  EXPECT_EQ(comparison.exit_code(), ExitCode::kRegressed);
  EXPECT_EQ(comparison.non_finite->where.path, "summary/loss");
}

TEST(Compare, ADivergedHeadFailsNamingTheStep) {
  const Comparison comparison = With([](RunRecord& head) {
    head.status = RunStatus::kDiverged;
    head.steps["loss"].value[1] = NAN;
  });
  EXPECT_EQ(comparison.exit_code(), ExitCode::kRegressed);
  ASSERT_TRUE(comparison.non_finite.has_value());
  EXPECT_EQ(comparison.non_finite->where.path, "steps/loss");
  EXPECT_EQ(comparison.non_finite->where.step, 2);
  EXPECT_THAT(Conclusion(comparison), StartsWith("DIVERGED"));
}

TEST(Compare, ADivergedHeadFailsEvenIfNoValueSaysSo) {
  const Comparison comparison = With([](RunRecord& head) { head.status = RunStatus::kDiverged; });
  EXPECT_FALSE(comparison.non_finite.has_value());
  EXPECT_EQ(comparison.exit_code(), ExitCode::kRegressed);
}

TEST(Compare, ADifferingBitIsAFailureOnlyWhereBitsAreRequired) {
  const auto change = [](RunRecord& head) {
    head.digests["weights"].sha256[1] = std::string(64, '0');
  };
  // One replicate that differs somewhere shows nothing of its figures, equal as they may be.
  EXPECT_EQ(With(change).exit_code(), ExitCode::kIncomparable);
  CompareOptions bitwise;
  bitwise.policy.require = Requirement::kBitwise;
  EXPECT_EQ(With(change, bitwise).exit_code(), ExitCode::kRegressed);
  // Equal bits are all that is required then, whatever the times.
  EXPECT_EQ(With([](RunRecord&) {}, bitwise).exit_code(), ExitCode::kOk);
  RunRecord relaxed = SampleRecord();
  relaxed.header.strict = false;
  EXPECT_EQ(CompareRecords(relaxed, relaxed, bitwise).exit_code(), ExitCode::kIncomparable);
}

// Three runs of one seed an arm, as --same-seed leaves them: the last of the head is another.
TEST(Compare, EveryRunOfOneSeedMustHaveTheSameBits) {
  const auto arm = [](const std::string& path) {
    return GroupOf(path, {SampleRecord(), SampleRecord(), SampleRecord()});
  };
  CompareOptions bitwise;
  bitwise.policy.require = Requirement::kBitwise;
  EXPECT_EQ(Compare(arm("b"), arm("h"), bitwise)->exit_code(), ExitCode::kOk);
  Group head = arm("h");
  head.runs[2].record.digests["weights"].sha256[1] = std::string(64, '0');
  const auto comparison = Compare(arm("b"), head, bitwise);
  EXPECT_EQ(comparison->bitwise->num_pairs, 3);
  EXPECT_EQ(comparison->bitwise->num_identical, 2);
  EXPECT_EQ(comparison->exit_code(), ExitCode::kRegressed);
}

TEST(Compare, AnAllowanceThatAllowsNothingIsNoted) {
  CompareOptions options = kLearning;
  options.policy.allowed = {"losss", "grad_norm"};
  const Comparison comparison = With(
      [](RunRecord& head) {
        head.summary["grad_norm"] = {Info(kGradNorm), 1};
      },
      options);
  EXPECT_THAT(comparison.comparability.notes,
              ElementsAre(StartsWith("--allow losss allows nothing")));
}

TEST(Compare, WhatIsNotComparableHasNoRows) {
  const Comparison comparison = With([](RunRecord& head) { head.header.device = "cuda"; });
  EXPECT_EQ(comparison.exit_code(), ExitCode::kIncomparable);
  EXPECT_THAT(comparison.rows, IsEmpty());
  EXPECT_EQ(Conclusion(comparison), "NOT COMPARABLE");
}

// Equal numbers of one replicate of relaxed runs may be chance.
TEST(Compare, RelaxedRunsAreNotComparedBitwise) {
  RunRecord record = SampleRecord();
  record.header.strict = false;
  const Comparison comparison = CompareRecords(record, record, kLearning);
  EXPECT_FALSE(comparison.bitwise.has_value());
  EXPECT_EQ(comparison.exit_code(), ExitCode::kIncomparable);
}

TEST(Compare, NothingMeasuredIsNotAPass) {
  RunRecord record = SampleRecord();
  record.summary.clear();
  EXPECT_EQ(CompareRecords(record, record).exit_code(), ExitCode::kIncomparable);
}

TEST(Compare, AMetricThatTheHeadLostIsNotShown) {
  const Comparison comparison = With([](RunRecord& head) { head.summary.erase("loss"); });
  EXPECT_EQ(RowOf(comparison, "loss").verdict, Verdict::kOnlyInBase);
  EXPECT_EQ(comparison.exit_code(), ExitCode::kIncomparable);
}

TEST(Compare, ANewMetricIsShownAndNotJudged) {
  const Comparison comparison = With([](RunRecord& head) {
    head.summary["chrf"] = {Info(kChrf), 50};
  });
  EXPECT_EQ(RowOf(comparison, "chrf").verdict, Verdict::kOnlyInHead);
  EXPECT_EQ(comparison.outcome_of(RowOf(comparison, "chrf")), Outcome::kPass);
}

TEST(Compare, AFailureOutweighsWhatCouldNotBeShown) {
  const Comparison comparison = With([](RunRecord& head) {
    head.summary.erase("exact_match/zh_hant/50%");
    head.summary["loss"].value = INFINITY;
  });
  EXPECT_EQ(comparison.exit_code(), ExitCode::kRegressed);
}

TEST(Compare, TimesOfAResumedRunAreNotJudged) {
  const Comparison comparison = With(
      [](RunRecord& head) {
        head.attempts = 2;
        head.resumed_from = {1};
        head.summary["train_time"].value *= 10;
      },
      {});
  EXPECT_EQ(RowOf(comparison, "train_time").verdict, Verdict::kNotJudged);
  EXPECT_EQ(RowOf(comparison, "loss").verdict, Verdict::kSame);
  EXPECT_THAT(comparison.comparability.notes, ElementsAre(HasSubstr("resumed")));
  EXPECT_EQ(comparison.exit_code(), ExitCode::kIncomparable);
}

TEST(Compare, ATimeThatAResumedRunLacksIsNotJudged) {
  const Comparison comparison = With(
      [](RunRecord& head) {
        head.attempts = 2;
        head.resumed_from = {1};
        head.summary.erase("train_time");
      },
      {});
  EXPECT_EQ(RowOf(comparison, "train_time").verdict, Verdict::kNotJudged);
}

TEST(Compare, SelectsMetricsAndNamesOnesThatThereAreNot) {
  const Comparison comparison =
      With([](RunRecord&) {}, {.policy = {}, .metrics = MetricSelection({"loss"})});
  ASSERT_EQ(comparison.rows.size(), 1U);
  EXPECT_EQ(comparison.rows[0].change.metric.name, "loss");
  const auto unknown = Compare(OneRun("b", SampleRecord()), OneRun("h", SampleRecord()),
                               {.policy = {}, .metrics = MetricSelection({"los"})});
  EXPECT_EQ(ExitCodeFor(unknown.status()), ExitCode::kUsage);
  EXPECT_THAT(std::string(unknown.status().message()), HasSubstr("--metrics los: "));
}

// Twelve replicates whose losses differ by up to 0.1, and whose heads are apart from them by
// `shift` and by `noise`, one way and the other.
Comparison OfTwelve(double shift, double noise) {
  std::vector<RunRecord> base;
  std::vector<RunRecord> head;
  for (int64_t i = 0; i < 12; ++i) {
    RunRecord record = SampleRecord();
    record.header.replicate = i;
    record.summary.erase("train_time");
    const double own = 0.1 * std::sin(static_cast<double>(i));
    record.steps["loss"].value = {5.25 + own, 5.0 + own, 4.125 + own};
    record.summary["loss"].value = 4.125 + own;
    base.push_back(record);
    for (size_t point = 0; point < 3; ++point) {
      record.steps["loss"].value[point] +=
          shift + ((i + static_cast<int64_t>(point)) % 2 == 0 ? noise : -noise);
    }
    record.summary["loss"].value = record.steps["loss"].value[2];
    head.push_back(record);
  }
  return *Compare(GroupOf("b", base), GroupOf("h", head), kLearning);
}

TEST(Compare, RoundingOnlyIsSaidInThoseWordsAndPasses) {
  const Comparison comparison = OfTwelve(0, 1e-4);
  EXPECT_TRUE(comparison.rounding_only);
  EXPECT_FALSE(comparison.bitwise->identical());
  EXPECT_EQ(comparison.exit_code(), ExitCode::kOk);
}

TEST(Compare, AShiftOfAllReplicatesIsNoRounding) {
  const Comparison comparison = OfTwelve(1e-3, 1e-4);
  EXPECT_FALSE(comparison.rounding_only);
  EXPECT_TRUE(comparison.curves->worse);
  EXPECT_EQ(comparison.exit_code(), ExitCode::kRegressed);
  EXPECT_THAT(Conclusion(comparison), HasSubstr("the learning curves"));
}

TEST(Compare, WhatBeginsWithALargeDifferenceIsNoRounding) {
  EXPECT_FALSE(OfTwelve(0, 0.05).rounding_only);
}

}  // namespace
}  // namespace bench::results
