#include "trials/looks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bench::trials {
namespace {

using results::Significance;

TEST(PlanLooks, SpendsEachErrorOnceOverAllLooks) {
  const Significance errors;
  const auto looks = PlanLooks(20, errors);
  ASSERT_TRUE(looks.ok()) << looks.status();
  ASSERT_EQ(looks->size(), 3U);
  EXPECT_EQ((*looks)[0].replicates, 8);
  EXPECT_EQ((*looks)[1].replicates, 14);
  EXPECT_EQ((*looks)[2].replicates, 20);
  for (const auto error :
       {&Significance::bound, &Significance::ranks, &Significance::paired, &Significance::curves}) {
    double sum = 0;
    for (const PlannedLook& look : *looks) {
      EXPECT_GT(look.errors.*error, 0);
      EXPECT_DOUBLE_EQ(look.errors_left.*error, errors.*error - sum);
      sum += look.errors.*error;
    }
    EXPECT_NEAR(sum, errors.*error, 1e-15);
  }
}

TEST(PlanLooks, FewReplicatesHaveOneLookWithEverything) {
  const auto looks = PlanLooks(7, {});
  ASSERT_EQ(looks->size(), 1U);
  EXPECT_EQ((*looks)[0].replicates, 7);
  EXPECT_EQ((*looks)[0].errors.ranks, Significance().ranks);
}

TEST(ErrorsLeft, ATrialThatEndsEarlyHasWhatWasNotSpent) {
  const auto looks = *PlanLooks(20, {});
  EXPECT_EQ(ErrorsLeft(looks, 4, {}).bound, 0.05);
  EXPECT_DOUBLE_EQ(ErrorsLeft(looks, 8, {}).bound, 0.05 - looks[0].errors.bound);
  EXPECT_DOUBLE_EQ(ErrorsLeft(looks, 10, {}).bound, 0.05 - looks[0].errors.bound);
}

}  // namespace
}  // namespace bench::trials
