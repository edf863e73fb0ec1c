#include "harness/training/step_statistics.h"

#include <map>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace bench::harness {
namespace {

std::map<std::string, double> Values(const StepStatistics& statistics) {
  std::map<std::string, double> values;
  for (const auto& value : statistics.Summary()) values[value.key.Path()] = value.value;
  return values;
}

TEST(StepStatistics, TakesMediansOfStepsAndTheSumOfTimes) {
  StepStatistics statistics({});
  for (const double seconds : {4.0, 1.0, 2.0, 100.0}) {
    statistics.Add({.loss = 1, .seconds = seconds, .num_target_tokens = 8});
  }
  const auto values = Values(statistics);
  EXPECT_DOUBLE_EQ(values.at("step_time"), 3);                 // between 2 and 4
  EXPECT_DOUBLE_EQ(values.at("target_tokens_per_second"), 3);  // 8, 4, 2, 0.08
  EXPECT_DOUBLE_EQ(values.at("train_time"), 107);
}

TEST(StepStatistics, TrainLossIsTheMeanOfTheLastTwentyAcrossAttempts) {
  const auto step = [](double loss) {
    return StepFigures{.loss = loss, .seconds = 1, .num_target_tokens = 1};
  };
  StepStatistics first({});
  for (int loss = 1; loss <= 30; ++loss) first.Add(step(loss));
  EXPECT_DOUBLE_EQ(Values(first).at("train_loss"), 20.5);  // 11..30
  StepStatistics second({});
  second.RestoreState(first.SaveState());
  EXPECT_DOUBLE_EQ(Values(second).at("train_loss"), 20.5);
  second.Add(step(31));
  EXPECT_DOUBLE_EQ(Values(second).at("train_loss"), 21.5);  // 12..31
}

TEST(StepStatistics, ALossWithoutADirectionHasNoTrainLoss) {
  StepStatistics statistics({.loss = results::kPpoLoss});
  statistics.Add({.loss = 1, .seconds = 1, .num_target_tokens = 1});
  EXPECT_FALSE(Values(statistics).contains("train_loss"));
  EXPECT_TRUE(Values(statistics).contains("step_time"));
}

// Steps 1-3, 4-6, ...; an attempt that begins at step 3 did the first iteration only in part.
TEST(StepStatistics, AnIterationTakesWhatItsStepsTake) {
  StepStatistics statistics({.steps_per_iteration = 3});
  const auto add = [&](int64_t step, double seconds) {
    statistics.Add({.step = step, .seconds = seconds, .num_target_tokens = 1});
  };
  add(3, 100);
  for (const int64_t step : {4, 5}) add(step, 1);
  EXPECT_FALSE(Values(statistics).contains("iteration_time"));
  add(6, 2);
  EXPECT_DOUBLE_EQ(Values(statistics).at("iteration_time"), 4);
  for (const int64_t step : {7, 8, 9, 10}) add(step, 2);
  EXPECT_DOUBLE_EQ(Values(statistics).at("iteration_time"), 5);  // of 4 and 6
}

TEST(StepStatistics, WhatNoStepMeasuredIsAbsent) {
  EXPECT_TRUE(Values(StepStatistics({})).empty());
  EXPECT_TRUE(StepStatistics({}).empty());
}

}  // namespace
}  // namespace bench::harness
