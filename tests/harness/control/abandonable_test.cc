#include "harness/control/abandonable.h"

#include <csignal>
#include <future>
#include <memory>
#include <stdexcept>

#include "base/status.h"
#include "gtest/gtest.h"
#include "harness/control/signals.h"

namespace bench::harness {
namespace {

class RunAbandonableTest : public ::testing::Test {
 protected:
  ~RunAbandonableTest() override { SetStopSignalForTest(std::nullopt); }
};

TEST_F(RunAbandonableTest, GivesTheResultOrTheErrorOfTheWork) {
  EXPECT_EQ(*RunAbandonable([] { return std::string("made"); }), "made");
  const auto failed =
      RunAbandonable([]() -> absl::StatusOr<std::string> { return DataError("too little text"); });
  EXPECT_EQ(failed.status(), DataError("too little text"));
}

TEST_F(RunAbandonableTest, ExceptionOfTheWorkReachesTheCaller) {
  EXPECT_THROW(static_cast<void>(RunAbandonable([]() -> absl::StatusOr<std::string> {
                 throw std::runtime_error("of a library");
               })),
               std::runtime_error);
}

// The work ends only after the caller has gone on: waiting for it would never return.
TEST_F(RunAbandonableTest, StopSignalLeavesWorkThatGoesOn) {
  auto release = std::make_shared<std::promise<void>>();
  auto ended = std::make_shared<std::promise<void>>();
  const auto result = RunAbandonable([release, ended]() -> absl::StatusOr<std::string> {
    SetStopSignalForTest(SIGTERM);
    release->get_future().wait();
    ended->set_value();
    return std::string("too late");
  });
  EXPECT_TRUE(IsStopped(result.status())) << result.status();
  release->set_value();
  ended->get_future().wait();
}

TEST_F(RunAbandonableTest, WorkBeyondItsDeadlineIsLeftWithTheReasonGiven) {
  auto release = std::make_shared<std::promise<void>>();
  auto ended = std::make_shared<std::promise<void>>();
  AbandonWhen when;
  when.deadline = std::chrono::steady_clock::now();
  when.too_late = EnvironmentError("nobody answers");
  const auto result = RunAbandonable<int>(
      [release, ended]() -> absl::StatusOr<int> {
        release->get_future().wait();
        ended->set_value();
        return 1;
      },
      when);
  EXPECT_EQ(result.status(), when.too_late);
  EXPECT_TRUE(WorkWasAbandoned());
  release->set_value();
  ended->get_future().wait();
}

TEST_F(RunAbandonableTest, WorkThatObeysAStopSignalByItselfIsWaitedFor) {
  AbandonWhen when;
  when.after_stop = std::chrono::hours(1);
  const auto result = RunAbandonable<int>(
      []() -> absl::StatusOr<int> {
        SetStopSignalForTest(SIGTERM);
        // Longer than the first look of whoever waits.
        std::this_thread::sleep_for(std::chrono::milliseconds(60));
        return 7;
      },
      when);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(*result, 7);
}

}  // namespace
}  // namespace bench::harness
