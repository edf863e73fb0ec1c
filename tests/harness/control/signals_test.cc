#include "harness/control/signals.h"

#include <unistd.h>

#include <csignal>

#include "base/status.h"
#include "gtest/gtest.h"

namespace bench::harness {
namespace {

[[noreturn]] void ExitWithSignal() { ::_exit(StopSignal().value_or(0)); }

TEST(StopSignalDeathTest, TheFirstIsKeptAndTheSecondEndsTheProcess) {
  EXPECT_EXIT(
      {
        InstallStopHandlers();
        std::raise(SIGTERM);
        ExitWithSignal();
      },
      testing::ExitedWithCode(SIGTERM), "");
  EXPECT_EXIT(
      {
        InstallStopHandlers();
        std::raise(SIGTERM);
        std::raise(SIGTERM);
        ExitWithSignal();
      },
      testing::KilledBySignal(SIGTERM), "");
}

// All ranks are signalled, and tell each other, in any order.
TEST(StopSignalDeathTest, TheFirstAfterAnotherRanksIsNoSecondOne) {
  EXPECT_EXIT(
      {
        InstallStopHandlers();
        AdoptStopSignal(SIGINT);
        std::raise(SIGTERM);
        ExitWithSignal();
      },
      testing::ExitedWithCode(SIGTERM), "");
  EXPECT_EXIT(
      {
        InstallStopHandlers();
        AdoptStopSignal(SIGINT);
        std::raise(SIGTERM);
        std::raise(SIGTERM);
        ExitWithSignal();
      },
      testing::KilledBySignal(SIGTERM), "");
}

TEST(AdoptStopSignal, LeavesOneThatHasComeHere) {
  SetStopSignalForTest(SIGINT);
  AdoptStopSignal(SIGTERM);
  EXPECT_EQ(StopSignal(), SIGINT);
  SetStopSignalForTest(std::nullopt);
  AdoptStopSignal(0);
  EXPECT_EQ(StopSignal(), std::nullopt);
  AdoptStopSignal(SIGTERM);
  EXPECT_EQ(StopSignal(), SIGTERM);
  EXPECT_TRUE(IsStopped(CheckNotStopped()));
  SetStopSignalForTest(std::nullopt);
}

}  // namespace
}  // namespace bench::harness
