#include "results/comparison/curve_change.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/results/comparison/groups.h"

namespace bench::results {
namespace {

// A held-out loss of five points that falls, with a spread by replicate, and `shift` at the third.
RunRecord Curve(int64_t replicate, double shift) {
  RunRecord record;
  record.header = SampleHeader();
  record.header.replicate = replicate;
  record.status = RunStatus::kComplete;
  Series& loss = record.evals["loss"];
  loss.metric = Info(kLoss);
  for (int64_t point = 1; point <= 5; ++point) {
    loss.step.push_back(point);
    loss.tokens.push_back(100 * point);
    loss.wall_time_s.push_back(1);
    const auto angle = static_cast<double>(replicate * 7 + point);
    loss.value.push_back(5.0 / static_cast<double>(point) + 0.01 * std::sin(angle) +
                         (point == 3 ? shift : 0));
  }
  return record;
}

std::vector<RunRecord> Arm(int64_t size, double shift) {
  std::vector<RunRecord> records;
  for (int64_t i = 0; i < size; ++i) {
    // What every pair differs by without a cause.
    records.push_back(Curve(i, shift + (i % 2 == 0 ? 1e-4 : -1e-4) * static_cast<double>(i)));
  }
  return records;
}

std::optional<CurveChange> Compare(int64_t size, double shift,
                                   const MetricSelection& selection = {}) {
  const Group base = GroupOf("b", Arm(size, 0));
  Group head = GroupOf("h", Arm(size, shift));
  // The pairs differ the other way round in every other point and replicate.
  for (ResultsInput& run : head.runs) {
    std::vector<double>& values = run.record.evals["loss"].value;
    for (size_t i = 0; i < values.size(); ++i) {
      const double apart = 1e-5 * static_cast<double>(1 + (run.record.header.replicate % 3));
      values[i] +=
          (run.record.header.replicate + static_cast<int64_t>(i)) % 2 == 0 ? apart : -apart;
    }
  }
  return CompareCurves(PairsOf(base, head), selection);
}

// All nine pairs shifted alike is one of the two most extreme of 2^9 arrangements.
TEST(CompareCurves, FindsWhereCurvesDiffer) {
  const auto worse = Compare(9, 0.05);
  ASSERT_TRUE(worse.has_value());
  EXPECT_DOUBLE_EQ(worse->p_value, 2.0 / 512);
  EXPECT_TRUE(worse->differ);
  EXPECT_TRUE(worse->worse);
  EXPECT_EQ(worse->path, "evals/loss");
  EXPECT_EQ(worse->tokens, 300);
  EXPECT_NEAR(worse->difference, 0.05, 1e-4);
  EXPECT_FALSE(Compare(9, -0.05)->worse);
}

TEST(CompareCurves, FindsNothingWhereThereIsNothing) {
  EXPECT_FALSE(Compare(12, 0)->differ);
  EXPECT_GT(Compare(12, 0)->p_value, 0.05);
}

// Arms that do not overlap at the third point are one of the two most extreme of C(2n, n) splits,
// where 2^8 changes of signs would give 2 / 256 at best.
TEST(CompareCurves, FewerThanNinePairsAreTestedWithoutPairs) {
  const auto eight = Compare(8, 0.5);
  EXPECT_FALSE(eight->paired);
  EXPECT_DOUBLE_EQ(eight->p_value, 2.0 / 12870);
  EXPECT_TRUE(eight->differ);
  EXPECT_TRUE(eight->worse);
  EXPECT_EQ(eight->tokens, 300);
  EXPECT_DOUBLE_EQ(Compare(6, 0.5)->p_value, 2.0 / 924);
  EXPECT_TRUE(Compare(6, 0.5)->differ);
  EXPECT_DOUBLE_EQ(Compare(5, 0.5)->p_value, 2.0 / 252);
  EXPECT_FALSE(Compare(5, 0.5)->differ);
  EXPECT_FALSE(Compare(8, 0)->differ);
  EXPECT_TRUE(Compare(9, 0.5)->paired);
}

// A program that stops recording a curve does not get rid of its test.
TEST(CompareCurves, ACurveThatARunLacksIsNamed) {
  for (const bool in_head : {false, true}) {
    Group base = GroupOf("b", Arm(9, 0));
    Group head = GroupOf("h", Arm(9, 0));
    for (ResultsInput& run : (in_head ? head : base).runs) run.record.evals.clear();
    const auto change = CompareCurves(PairsOf(base, head), {});
    ASSERT_TRUE(change.has_value());
    EXPECT_FALSE(change->complete);
    EXPECT_EQ(change->incomplete_path, "evals/loss");
  }
}

// The first, the last, and what lies between in equal distances.
TEST(CompareCurves, OfALongCurveSomePointsAreTested) {
  std::vector<RunRecord> base;
  std::vector<RunRecord> head;
  for (int64_t i = 0; i < 9; ++i) {
    RunRecord record = Curve(i, 0);
    Series& loss = record.steps["loss"];
    loss.metric = Info(kLoss);
    for (int64_t step = 1; step <= 100'000; ++step) {
      loss.step.push_back(step);
      loss.tokens.push_back(step);
      loss.wall_time_s.push_back(0);
      loss.value.push_back(static_cast<double>(i));
    }
    base.push_back(record);
    record.steps["loss"].value.back() += 1;
    head.push_back(record);
  }
  const auto change = CompareCurves(PairsOf(GroupOf("b", base), GroupOf("h", head)), {});
  EXPECT_EQ(change->path, "steps/loss");
  EXPECT_EQ(change->tokens, 100'000);
  EXPECT_TRUE(change->differ);
}

// Arms of other batches may have seen no number of tokens both.
TEST(CompareCurves, CurvesWithoutACommonPointAreNoneAndNothingIsMissing) {
  const Group base = GroupOf("b", Arm(9, 0));
  Group head = GroupOf("h", Arm(9, 0));
  for (ResultsInput& run : head.runs) {
    for (int64_t& tokens : run.record.evals["loss"].tokens.Own()) tokens += 1'000'000;
  }
  EXPECT_EQ(CompareCurves(PairsOf(base, head), {}), std::nullopt);
}

TEST(CompareCurves, SaysNothingOfOnePairNorOfWhatIsNotSelected) {
  EXPECT_EQ(Compare(1, 0.05), std::nullopt);
  EXPECT_EQ(Compare(9, 0.05, MetricSelection({"time"})), std::nullopt);
}

}  // namespace
}  // namespace bench::results
