#include "harness/run/run_times.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "results/metrics.h"

namespace bench::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

std::map<std::string, double> ByName(const std::vector<results::MetricValue>& values) {
  std::map<std::string, double> out;
  for (const results::MetricValue& value : values) out[value.key.Path()] = value.value;
  return out;
}

// The wrapper built for 814 s, an input took 512 s to make: the run itself 3 s.
TEST(TimesOf, WhatCameBeforeHasItsOwnNames) {
  double now = 5;
  RunClock clock(814, [&] { return now; });
  now += 1;
  {
    const RunClock::Charge charge(clock, RunClock::Account::kPrerequisites);
    now += 512;
  }
  now += 2;
  EXPECT_THAT(
      ByName(TimesOf(clock, *Ranks::Alone())),
      ElementsAre(Pair("prerequisites_time", 512), Pair("setup_time", 814), Pair("wall_time", 3)));
}

TEST(TimesOf, ASetUpThatIsNotKnownIsAbsent) {
  const RunClock clock(std::nullopt, [] { return 0.0; });
  EXPECT_FALSE(ByName(TimesOf(clock, *Ranks::Alone())).contains("setup_time"));
}

// Of these a comparison shows the change and never makes a verdict.
TEST(TimesOf, OnlyTheRunsOwnTimeHasABetterDirection) {
  const RunClock clock(1, [] { return 0.0; });
  for (const results::MetricValue& value : TimesOf(clock, *Ranks::Alone())) {
    const bool own = value.key.descriptor == &results::kWallTime;
    EXPECT_EQ(value.key.descriptor->better, own ? results::Better::kLower : results::Better::kNone)
        << value.key.Path();
    EXPECT_EQ(value.key.descriptor->kind, results::MetricKind::kTime) << value.key.Path();
  }
}

}  // namespace
}  // namespace bench::harness
