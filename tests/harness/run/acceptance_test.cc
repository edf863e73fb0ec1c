#include "harness/run/acceptance.h"

#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "results/metrics.h"

namespace bench::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

results::RunRecord Measured(const results::MetricKey& key, double value, int64_t attempts = 1) {
  results::RunRecord record;
  record.attempts = attempts;
  record.summary[key.Path()] = {results::MetricInfo::Of(key), value};
  return record;
}

std::vector<std::string> Unmet(const AcceptanceBound& bound, double exact_match) {
  return JudgeBounds({bound}, Measured({&results::kExactMatch, "t"}, exact_match)).unmet;
}

TEST(JudgeBounds, AcceptsTheBoundsThemselves) {
  EXPECT_THAT(Unmet({"exact_match/t", 0.2, 0.4}, 0.2), IsEmpty());
  EXPECT_THAT(Unmet({"exact_match/t", 0.2, 0.4}, 0.4), IsEmpty());
}

TEST(JudgeBounds, NamesMetricValueAndBound) {
  EXPECT_THAT(Unmet({"exact_match/t", 0.2, std::nullopt}, 0.19),
              ElementsAre("exact_match/t = 0.19, must be at least 0.2"));
  EXPECT_THAT(Unmet({"exact_match/t", std::nullopt, 0.1}, 0.19),
              ElementsAre(HasSubstr("at most 0.1")));
}

TEST(JudgeBounds, AValueJustOutsideItsBoundLooksDifferentFromIt) {
  EXPECT_THAT(Unmet({"exact_match/t", 0.2, std::nullopt}, 0.1999999999),
              ElementsAre("exact_match/t = 0.1999999999, must be at least 0.2"));
}

TEST(JudgeBounds, WhatWasNotMeasuredOrIsNotANumberIsNeverAccepted) {
  EXPECT_THAT(Unmet({"exact_match/u", 0.0, std::nullopt}, 1),
              ElementsAre(HasSubstr("not measured")));
  EXPECT_THAT(Unmet({"exact_match/t", 0.0, std::nullopt}, std::nan("")),
              ElementsAre(HasSubstr("at least 0")));
}

// A resumed run's times are of its last attempt; its memory and its learning are what they are.
TEST(JudgeBounds, TimesOfAResumedRunAreNotJudgedAndSaid) {
  const AcceptanceBound bound = {"wall_time", std::nullopt, 10.0};
  const results::RunRecord slow = Measured({&results::kWallTime, ""}, 11);
  EXPECT_THAT(JudgeBounds({bound}, slow).unmet, ElementsAre(HasSubstr("wall_time = 11")));
  EXPECT_THAT(JudgeBounds({bound}, slow).not_judged, IsEmpty());
  for (const double seconds : {9.0, 11.0}) {
    const results::RunRecord resumed = Measured({&results::kWallTime, ""}, seconds, 2);
    EXPECT_THAT(JudgeBounds({bound}, resumed).unmet, IsEmpty());
    EXPECT_THAT(JudgeBounds({bound}, resumed).not_judged, ElementsAre(HasSubstr("resumed")));
  }
  const results::RunRecord large = Measured({&results::kPeakMemory, ""}, 11, 2);
  EXPECT_THAT(JudgeBounds({{"peak_memory", std::nullopt, 10.0}}, large).unmet,
              ElementsAre(HasSubstr("peak_memory = 11")));
}

}  // namespace
}  // namespace bench::harness
