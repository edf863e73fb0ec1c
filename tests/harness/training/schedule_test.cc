#include "harness/training/schedule.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace bench::harness {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

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

// Of every step, from what the loop does with schedule and steps.
std::vector<double> Rates(const ScheduleSpec& spec, const ScheduledSteps& steps) {
  std::vector<double> rates;
  for (int64_t step = 0; step < steps.num_steps; ++step) {
    rates.push_back(LearningRate(spec, 1, SchedulePlace(spec, steps, step), steps.num_steps));
  }
  return rates;
}

TEST(SchedulePlace, AStepStandsAtItsEndAndStepsOfAnIterationAtItsBegin) {
  const ScheduleSpec spec = Schedule(ScheduleKind::kLinear, 0, 0);
  EXPECT_THAT(Rates(spec, {4, 1}), ElementsAre(0.75, 0.5, 0.25, 0));
  EXPECT_THAT(Rates(spec, {4, 2}), ElementsAre(1, 1, 0.5, 0.5));
}

TEST(SchedulePlace, SkippingTheRateOf0AScheduleWithOneSuchEndLeavesThatOut) {
  ScheduleSpec falling = Schedule(ScheduleKind::kLinear, 0, 0);
  falling.skip_zero_rate = true;
  EXPECT_THAT(Rates(falling, {4, 1}), ElementsAre(1, 0.75, 0.5, 0.25));
  EXPECT_THAT(Rates(falling, {1, 1}), ElementsAre(1));
  EXPECT_THAT(Rates(falling, {4, 2}), ElementsAre(1, 1, 0.5, 0.5));
  ScheduleSpec rising = Schedule(ScheduleKind::kConstant, 4, 1);
  rising.skip_zero_rate = true;
  EXPECT_THAT(Rates(rising, {5, 2}), ElementsAre(0.5, 0.5, 1, 1, 1));  // the last one is alone
  EXPECT_THAT(Rates(rising, {4, 1}), ElementsAre(0.25, 0.5, 0.75, 1));
}

TEST(SchedulePlace, SkippingTheRateOf0WithTwoSuchEndsAllStandBetweenThem) {
  ScheduleSpec spec = Schedule(ScheduleKind::kLinear, 2, 0);
  spec.skip_zero_rate = true;
  // Three iterations at t = 1.5, 3 and 4.5 of 6: 1.5 / 2, then 1 - 1 / 4 and 1 - 2.5 / 4.
  EXPECT_THAT(Rates(spec, {6, 2}), ElementsAre(0.75, 0.75, 0.75, 0.75, 0.375, 0.375));
  for (const ScheduleKind kind : {ScheduleKind::kLinear, ScheduleKind::kCosine}) {
    spec.kind = kind;
    for (int64_t num_steps = 2; num_steps < 20; ++num_steps) {
      for (int64_t shared = 1; shared < 6; ++shared) {
        EXPECT_THAT(Rates(spec, {num_steps, shared}), Each(Gt(0))) << num_steps << " " << shared;
      }
    }
  }
}

TEST(SchedulePlace, WhereNoEndHasTheRateOf0SkippingItChangesNothing) {
  ScheduleSpec spec = Schedule(ScheduleKind::kCosine, 0, 0.1);
  const auto before = Rates(spec, {7, 1});
  spec.skip_zero_rate = true;
  EXPECT_EQ(Rates(spec, {7, 1}), before);
}

TEST(ZeroRateNotes, NameTheStepsAndWhatToSet) {
  const ScheduleSpec falling = Schedule(ScheduleKind::kLinear, 0, 0);
  EXPECT_THAT(ZeroRateNotes(falling, {1, 1}, 0),
              ElementsAre(AllOf(StartsWith("step 1 trains at learning rate 0"),
                                HasSubstr("schedule.skip_zero_rate = true"),
                                HasSubstr("schedule.final_ratio above 0"))));
  EXPECT_THAT(ZeroRateNotes(falling, {9, 1}, 8), ElementsAre(StartsWith("step 9 trains")));
  const ScheduleSpec ppo = Schedule(ScheduleKind::kLinear, 4, 0);
  EXPECT_THAT(ZeroRateNotes(ppo, {16, 8}, 0),
              ElementsAre(AllOf(StartsWith("steps 1 to 8 train at learning rate 0"),
                                HasSubstr("schedule.warmup_steps = 0"))));
  EXPECT_THAT(ZeroRateNotes(ppo, {4, 8}, 0), ElementsAre(StartsWith("steps 1 to 4 train")));
}

TEST(ZeroRateNotes, ThereAreNoneWhereNoStepThatWillRunTrainsAtTheRateOf0) {
  const ScheduleSpec ppo = Schedule(ScheduleKind::kLinear, 4, 0);
  EXPECT_THAT(ZeroRateNotes(ppo, {16, 8}, 3), ElementsAre(StartsWith("steps 4 to 8 train")));
  EXPECT_THAT(ZeroRateNotes(ppo, {16, 8}, 8), IsEmpty());  // resumed behind them
  EXPECT_THAT(ZeroRateNotes(Schedule(ScheduleKind::kCosine, 3, 0.1), {9, 1}, 0), IsEmpty());
  EXPECT_THAT(ZeroRateNotes(Schedule(ScheduleKind::kLinear, 0, 0), {9, 1}, 9), IsEmpty());
  ScheduleSpec skipping = ppo;
  skipping.skip_zero_rate = true;
  EXPECT_THAT(ZeroRateNotes(skipping, {16, 8}, 0), IsEmpty());
}

}  // namespace
}  // namespace bench::harness
