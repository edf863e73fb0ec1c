#include "harness/training/schedule.h"

#include "gtest/gtest.h"

namespace bench::harness {
namespace {

ScheduleSpec Schedule(ScheduleKind kind, int64_t warmup, double final_ratio) {
  ScheduleSpec spec;
  spec.kind = kind;
  spec.warmup_steps = warmup;
  spec.final_ratio = final_ratio;
  return spec;
}

TEST(LearningRate, RisesLinearlyToThePeakAtTheEndOfWarmUp) {
  const ScheduleSpec spec = Schedule(ScheduleKind::kCosine, 4, 0.1);
  EXPECT_DOUBLE_EQ(LearningRate(spec, 2.0, 1, 10), 0.5);
  EXPECT_DOUBLE_EQ(LearningRate(spec, 2.0, 3, 10), 1.5);
  EXPECT_DOUBLE_EQ(LearningRate(spec, 2.0, 4, 10), 2.0);
}

TEST(LearningRate, CosineIsHalfWayAtTheMiddleAndEndsAtTheFinalRatio) {
  const ScheduleSpec spec = Schedule(ScheduleKind::kCosine, 2, 0.2);
  EXPECT_DOUBLE_EQ(LearningRate(spec, 1.0, 7, 12), 0.6);  // (1 + 0.2) / 2
  EXPECT_DOUBLE_EQ(LearningRate(spec, 1.0, 12, 12), 0.2);
}

TEST(LearningRate, LinearFallsByEqualAmounts) {
  const ScheduleSpec spec = Schedule(ScheduleKind::kLinear, 0, 0);
  EXPECT_DOUBLE_EQ(LearningRate(spec, 1.0, 1, 4), 0.75);
  EXPECT_DOUBLE_EQ(LearningRate(spec, 1.0, 2, 4), 0.5);
  EXPECT_DOUBLE_EQ(LearningRate(spec, 1.0, 4, 4), 0);
}

// What stages whose steps share a rate begin with (LoopSpec::steps_per_iteration).
TEST(LearningRate, BeforeTheFirstStepIsThePeakOrWhereTheWarmUpBegins) {
  for (const ScheduleKind kind :
       {ScheduleKind::kConstant, ScheduleKind::kLinear, ScheduleKind::kCosine}) {
    EXPECT_DOUBLE_EQ(LearningRate(Schedule(kind, 0, 0), 3.0, 0, 4), 3.0);
    EXPECT_DOUBLE_EQ(LearningRate(Schedule(kind, 2, 0), 3.0, 0, 4), 0);
  }
}

TEST(LearningRate, ConstantStaysAtThePeak) {
  const ScheduleSpec spec = Schedule(ScheduleKind::kConstant, 1, 0.5);
  EXPECT_DOUBLE_EQ(LearningRate(spec, 3.0, 1, 9), 3.0);
  EXPECT_DOUBLE_EQ(LearningRate(spec, 3.0, 9, 9), 3.0);
}

}  // namespace
}  // namespace bench::harness
