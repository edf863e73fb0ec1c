#include "harness/run/signal_relay.h"

#include <csignal>

#include "gtest/gtest.h"

namespace bench::harness {
namespace {

// How often the children were gone through in `polls` polls.
int Visits(SignalRelay& relay, int polls) {
  int visits = 0;
  for (int i = 0; i < polls; ++i) {
    relay.Poll([&](const SignalRelay::Visit&) { ++visits; });
  }
  return visits;
}

TEST(SignalRelay, PassesNothingOnWhereNothingCame) {
  SignalRelay relay;
  EXPECT_EQ(Visits(relay, 3), 0);
  EXPECT_EQ(relay.stopped(), std::nullopt);
}

TEST(SignalRelay, PassesAStopSignalOnOnce) {
  SignalRelay relay;
  SetStopSignalForTest(SIGHUP);
  EXPECT_EQ(Visits(relay, 3), 1);
  EXPECT_EQ(relay.stopped(), SIGHUP);
  SetStopSignalForTest(std::nullopt);
}

TEST(SignalRelay, PassesEveryRequestForACheckpointOn) {
  SignalRelay relay;
  for (int i = 0; i < 2; ++i) {
    RequestCheckpoint();
    EXPECT_EQ(Visits(relay, 3), 1);
  }
  EXPECT_FALSE(TakeCheckpointRequest());
}

}  // namespace
}  // namespace bench::harness
