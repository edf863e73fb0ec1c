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
  StepStatistics statistics;
  for (const double seconds : {4.0, 1.0, 2.0, 100.0}) statistics.Add(1, seconds, 8);
  const auto values = Values(statistics);
  EXPECT_DOUBLE_EQ(values.at("step_time"), 3);                 // between 2 and 4
  EXPECT_DOUBLE_EQ(values.at("target_tokens_per_second"), 3);  // 8, 4, 2, 0.08
  EXPECT_DOUBLE_EQ(values.at("train_time"), 107);
}

TEST(StepStatistics, TrainLossIsTheMeanOfTheLastTwentyAcrossAttempts) {
  StepStatistics first;
  for (int step = 1; step <= 30; ++step) first.Add(step, 1, 1);
  EXPECT_DOUBLE_EQ(Values(first).at("train_loss"), 20.5);  // 11..30
  StepStatistics second;
  second.RestoreState(first.SaveState());
  EXPECT_DOUBLE_EQ(Values(second).at("train_loss"), 20.5);
  second.Add(31, 1, 1);
  EXPECT_DOUBLE_EQ(Values(second).at("train_loss"), 21.5);  // 12..31
}

TEST(StepStatistics, WhatNoStepMeasuredIsAbsent) {
  EXPECT_TRUE(Values(StepStatistics()).empty());
  EXPECT_TRUE(StepStatistics().empty());
}

}  // namespace
}  // namespace bench::harness
