#include "results/record.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/results/sample_record.h"

namespace bench::results {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(RunStatus, EveryStatusIsReadBackFromItsName) {
  for (const RunStatus status :
       {RunStatus::kComplete, RunStatus::kInterrupted, RunStatus::kDiverged, RunStatus::kFailed}) {
    EXPECT_EQ(ParseRunStatus(Name(status)), status);
  }
  EXPECT_EQ(ParseRunStatus("done"), std::nullopt);
}

TEST(RangeSeries, TotalsAreSums) {
  const RangeSeries range = {{1, 2}, {3, 4}, {0.5, 0.25}, {std::nullopt, std::nullopt}};
  EXPECT_EQ(range.TotalCount(), 7);
  EXPECT_EQ(range.TotalHostS(), 0.75);
}

TEST(FirstNonFinite, IsAbsentInAFiniteRecord) {
  EXPECT_FALSE(FirstNonFinite(SampleRecord()).has_value());
}

TEST(FirstNonFinite, IsTheOneOfTheSmallestStep) {
  RunRecord record = SampleRecord();
  record.evals["exact_match"].value[0] = kNan;  // step 3
  record.steps["loss"].value[1] = kInfinity;    // step 2
  record.steps["loss"].value[2] = kNan;
  record.steps["learning_rate"].value[2] = kNan;  // found before the loss, later in the run
  const auto first = FirstNonFinite(record);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->path, "steps/loss");
  EXPECT_EQ(first->step, 2);
}

TEST(FirstNonFinite, LooksAtSummariesLast) {
  RunRecord record = SampleRecord();
  record.summary["loss"].value = kNan;
  const auto first = FirstNonFinite(record);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->path, "summary/loss");
  EXPECT_FALSE(first->step.has_value());
}

TEST(FirstNonFinite, LooksAtRanksAfterSummaries) {
  RunRecord record = SampleRecord();
  record.ranks[2]["loss"] = {Info(kLoss), kNan};
  const auto of_rank = FirstNonFinite(record);
  ASSERT_TRUE(of_rank.has_value());
  EXPECT_EQ(of_rank->path, "ranks/2/loss");
  EXPECT_FALSE(of_rank->step.has_value());
  record.summary["loss"].value = kNan;
  EXPECT_EQ(FirstNonFinite(record)->path, "summary/loss");
}

TEST(FirstNonFinite, IgnoresWhatSaysNothingAboutLearning) {
  RunRecord record = SampleRecord();
  record.ranks[0]["peak_memory"].value = kInfinity;
  record.summary["train_time"].value = kInfinity;
  record.steps["step_time"] = {Info(kStepTime), {1}, {100}, {0.5}, {kNan}};
  EXPECT_FALSE(FirstNonFinite(record).has_value());
}

}  // namespace
}  // namespace bench::results
