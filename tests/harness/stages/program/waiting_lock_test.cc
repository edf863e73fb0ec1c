#include "harness/stages/program/waiting_lock.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <future>

#include "base/status.h"
#include "harness/control/signals.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

TEST(WaitingLock, ComesWhenTheOtherHasEnded) {
  const TempFolder folder;
  const std::string path = folder / "a/b";
  Progress progress(Progress::Audience::kNobody);
  auto first = std::make_unique<absl::StatusOr<FolderLock>>(WaitForLock(path, "it", progress));
  ASSERT_TRUE(first->ok()) << first->status();
  auto second =
      std::async(std::launch::async, [&] { return WaitForLock(path, "it", progress).ok(); });
  EXPECT_EQ(second.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  first.reset();
  EXPECT_TRUE(second.get());
}

TEST(WaitingLock, IsNotWaitedForOnceAStopIsAskedFor) {
  const TempFolder folder;
  Progress progress(Progress::Audience::kNobody);
  const auto first = WaitForLock(folder.path(), "it", progress);
  ASSERT_TRUE(first.ok());
  SetStopSignalForTest(SIGTERM);
  EXPECT_TRUE(IsStopped(WaitForLock(folder.path(), "it", progress).status()));
  SetStopSignalForTest(std::nullopt);
}

}  // namespace
}  // namespace bench::harness
