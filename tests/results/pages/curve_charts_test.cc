#include "results/pages/curve_charts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/results/pages/well_formed.h"
#include "tests/results/sample_record.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// steps/loss, learning_rate: three points; steps/grad_norm and the evaluations: one.
TEST(DrawCurves, HasAChartForEveryCurveAndATableOfSinglePoints) {
  const RunRecord record = SampleRecord();
  const CurveCharts charts = DrawCurves({{"base", {&record}}, {"head", {&record, &record}}});
  const std::string learning = charts.learning.str();
  EXPECT_EQ(WhatIsMalformed(learning), "");
  EXPECT_EQ(CountOf(learning, "<figure>"), 2U);
  EXPECT_THAT(learning, HasSubstr("<strong>steps/loss</strong>"));
  EXPECT_THAT(learning, HasSubstr("over tokens"));
  EXPECT_THAT(charts.points.str(), HasSubstr("evals/exact_match/zh_hant/50%"));
  EXPECT_THAT(charts.points.str(), HasSubstr("steps/grad_norm"));
  EXPECT_THAT(charts.points.str(), HasSubstr("median 0.75"));
  EXPECT_THAT(charts.points.str(), Not(HasSubstr("steps/loss")));
}

TEST(DrawCurves, SeparatesLearningFromTheRest) {
  RunRecord record = SampleRecord();
  record.steps["step_time"] = record.steps["loss"];
  record.steps["step_time"].metric = Info(kStepTime);
  const CurveCharts charts = DrawCurves({{"value", {&record}}});
  EXPECT_THAT(charts.learning.str(), Not(HasSubstr("steps/step_time")));
  EXPECT_THAT(charts.others.str(), HasSubstr("steps/step_time"));
}

// Two points of equal tokens have one place on an axis of tokens.
TEST(DrawCurves, IsOverStepsWhereTokensDoNotRise) {
  RunRecord record = SampleRecord();
  record.steps["loss"].tokens = {100, 100, 200};
  const std::string charts = DrawCurves({{"value", {&record}}}).learning.str();
  EXPECT_THAT(charts, HasSubstr("steps/loss, nats/token, over steps"));
  EXPECT_THAT(charts, HasSubstr("steps/learning_rate, over tokens"));
}

TEST(DrawCurves, OfAnArmThatHasNotGotItSaysSo) {
  const RunRecord record = SampleRecord();
  RunRecord without = SampleRecord();
  without.steps.clear();
  const std::string charts = DrawCurves({{"base", {&record}}, {"head", {&without}}}).learning.str();
  EXPECT_THAT(charts, HasSubstr("head: 0 runs, nothing to draw"));
}

}  // namespace
}  // namespace bench::results
