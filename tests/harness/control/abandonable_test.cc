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

}  // namespace
}  // namespace bench::harness
