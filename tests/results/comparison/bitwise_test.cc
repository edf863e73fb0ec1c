#include "results/comparison/bitwise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "tests/results/comparison/groups.h"

namespace bench::results {
namespace {

// Base and head differ by `change` only.
BitwiseComparison With(const std::function<void(RunRecord&)>& change) {
  RunRecord head = SampleRecord();
  change(head);
  return CompareBitwise(SampleRecord(), head);
}

TEST(CompareBitwise, ARunEqualsItself) {
  const BitwiseComparison bitwise = With([](RunRecord&) {});
  EXPECT_TRUE(bitwise.identical());
  EXPECT_EQ(bitwise.num_digests, 3);
  // loss 3, learning rate 3, grad norm 1, exact match 1 + 1; summaries loss and exact match;
  // examples of rank 2.
  EXPECT_EQ(bitwise.num_values, 12);
}

TEST(CompareBitwise, TheFirstDifferingDigestIsNamed) {
  const BitwiseComparison bitwise = With([](RunRecord& head) {
    head.digests["optimizer"].sha256[0][5] = '0';  // step 3
    head.digests["weights"].sha256[1][5] = '0';    // step 3
  });
  ASSERT_TRUE(bitwise.digest.has_value());
  EXPECT_EQ(bitwise.digest->path, "digests/optimizer");  // of the same step the first by name
  EXPECT_EQ(bitwise.digest->step, 3);
  EXPECT_FALSE(bitwise.identical());
  EXPECT_FALSE(bitwise.metric.has_value());
}

TEST(CompareBitwise, TheFirstDifferingStepAndMetricIsNamed) {
  const BitwiseComparison bitwise = With([](RunRecord& head) {
    head.steps["grad_norm"].value[0] += 1;                   // step 2
    head.steps["loss"].value[2] = std::nextafter(4.125, 5);  // step 3
    head.evals["exact_match"].value[0] += 1;                 // step 3
  });
  ASSERT_TRUE(bitwise.metric.has_value());
  EXPECT_EQ(bitwise.metric->path, "steps/grad_norm");
  EXPECT_EQ(bitwise.metric->step, 2);
  EXPECT_EQ(bitwise.metric->base, "0.75");
  EXPECT_EQ(bitwise.metric->head, "1.75");
  EXPECT_EQ(bitwise.metric->relative, 1 / 1.75);
}

TEST(CompareBitwise, ADeterministicValueOfOneRankCounts) {
  const BitwiseComparison bitwise = With([](RunRecord& head) {
    head.ranks[2]["examples/zh_hant/50%"].value = 8;
    head.ranks[0]["peak_memory"].value = 1;  // not deterministic
  });
  ASSERT_TRUE(bitwise.metric.has_value());
  EXPECT_EQ(bitwise.metric->path, "ranks/2/examples/zh_hant/50%");
  EXPECT_EQ(bitwise.metric->step, std::nullopt);
  EXPECT_EQ(bitwise.metric->base, "7");
  EXPECT_EQ(bitwise.metric->head, "8");
}

TEST(CompareBitwise, OneUnitInTheLastPlaceIsADifference) {
  const BitwiseComparison bitwise =
      With([](RunRecord& head) { head.steps["loss"].value[2] = std::nextafter(4.125, 5); });
  ASSERT_TRUE(bitwise.metric.has_value());
  EXPECT_EQ(bitwise.metric->base, "4.125");
  EXPECT_EQ(bitwise.metric->head, "4.1250000000000009");  // 4.125 + 2^-50
}

TEST(CompareBitwise, ARowThatOneRunLacksIsADifference) {
  const BitwiseComparison bitwise = With([](RunRecord& head) {
    head.digests.erase("optimizer");
    head.steps["loss"] = {Info(kLoss), {1, 2}, {100, 200}, {0.5, 1.0}, {5.25, 5.0}};
  });
  EXPECT_EQ(bitwise.digest->head, "absent");
  EXPECT_EQ(bitwise.metric->path, "steps/loss");
  EXPECT_EQ(bitwise.metric->step, 3);
  EXPECT_EQ(bitwise.metric->head, "absent");
  EXPECT_EQ(bitwise.metric->relative, std::nullopt);
}

TEST(CompareBitwise, ASeriesThatOnlyTheHeadHasIsADifference) {
  const BitwiseComparison bitwise = With([](RunRecord& head) {
    head.steps["chrf"] = {Info(kChrf), {2}, {200}, {1.0}, {50}};
  });
  EXPECT_EQ(bitwise.metric->path, "steps/chrf");
  EXPECT_EQ(bitwise.metric->base, "absent");
}

TEST(CompareBitwise, ADifferingSummaryIsNamedAfterAllSteps) {
  const BitwiseComparison bitwise =
      With([](RunRecord& head) { head.summary["loss"].value = 4.126; });
  EXPECT_EQ(bitwise.metric->path, "summary/loss");
  EXPECT_FALSE(bitwise.metric->step.has_value());
}

TEST(CompareBitwise, TimesDoNotCount) {
  const BitwiseComparison bitwise = With([](RunRecord& head) {
    head.summary["train_time"].value *= 1.001;
    for (double& time : head.steps["loss"].wall_time_s.Own()) time *= 2;
    head.steps["step_time"] = {Info(kStepTime), {1}, {100}, {0.5}, {0.25}};
  });
  EXPECT_TRUE(bitwise.identical());
}

TEST(CompareBitwise, OfSeveralPairsTheFirstThatDiffersIsShown) {
  const MetricInfo metric = MetricOf(MetricKind::kLearning, Better::kLower, true);
  const Group base = ValuesOf("b", metric, {1, 2, 4, 8});
  const Group head = ValuesOf("h", metric, {1, 2.5, 4, 8.5});
  const GroupBitwise bitwise = CompareBitwise(PairsOf(base, head));
  EXPECT_EQ(bitwise.num_pairs, 4);
  EXPECT_EQ(bitwise.num_identical, 2);
  EXPECT_FALSE(bitwise.identical());
  EXPECT_EQ(bitwise.shown_replicate, 1);
  EXPECT_EQ(bitwise.shown.metric->head, "2.5");
  EXPECT_EQ(bitwise.largest_first_difference, 0.5 / 2.5);
  EXPECT_TRUE(CompareBitwise(PairsOf(base, base)).identical());
}

}  // namespace
}  // namespace bench::results
