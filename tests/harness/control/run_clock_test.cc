#include "harness/control/run_clock.h"

#include "gtest/gtest.h"

namespace bench::harness {
namespace {

using Account = RunClock::Account;

// Durations are planted: sums of powers of two, which floats hold exactly.
class PlantedClock : public ::testing::Test {
 protected:
  double now_ = 1000;
  RunClock clock_{814, [this] { return now_; }};
};

TEST_F(PlantedClock, StartsAtZeroHoweverLateTheProcessIs) {
  EXPECT_EQ(clock_.Seconds(), 0);
  EXPECT_EQ(clock_.setup_seconds(), 814);
  now_ += 2.5;
  EXPECT_EQ(clock_.Seconds(), 2.5);
  EXPECT_EQ(clock_.setup_seconds(), 814);
}

TEST_F(PlantedClock, WaitingForRanksAndPrerequisitesIsNotTheRunsTime) {
  now_ += 0.5;
  {
    const RunClock::Charge waits(clock_, Account::kRanks);
    now_ += 64;
    EXPECT_EQ(clock_.Seconds(), 0.5);
    EXPECT_EQ(clock_.Seconds(Account::kRanks), 64);
  }
  now_ += 0.25;
  {
    const RunClock::Charge makes(clock_, Account::kPrerequisites);
    now_ += 512;
  }
  now_ += 8;
  EXPECT_EQ(clock_.Seconds(), 8.75);
  EXPECT_EQ(clock_.Seconds(Account::kRanks), 64);
  EXPECT_EQ(clock_.Seconds(Account::kPrerequisites), 512);
}

TEST_F(PlantedClock, AccountsAddUpToTheTimeSinceTheStartAlsoNested) {
  const RunClock::Charge outer(clock_, Account::kPrerequisites);
  now_ += 4;
  {
    const RunClock::Charge inner(clock_, Account::kRanks);
    now_ += 2;
  }
  now_ += 1;
  EXPECT_EQ(clock_.Seconds(Account::kPrerequisites), 5);
  EXPECT_EQ(clock_.Seconds(Account::kRanks), 2);
  EXPECT_EQ(clock_.Seconds(), 0);
  EXPECT_EQ(5 + 2 + 0, now_ - 1000);
}

TEST(RunClock, OfThisProcessKnowsWhatCameBefore) {
  const RunClock clock = RunClock::Start();
  ASSERT_TRUE(clock.setup_seconds().has_value());
  // The kernel's clock ticks at 100 Hz: the start is known to 0.01 s.
  EXPECT_GE(*clock.setup_seconds(), -0.01);
  const double first = clock.Seconds();
  EXPECT_GE(first, 0);
  EXPECT_GE(clock.Seconds(), first);
}

}  // namespace
}  // namespace bench::harness
