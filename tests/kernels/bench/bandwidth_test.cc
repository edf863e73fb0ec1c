#include "kernels/bench/bandwidth.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

namespace bench::kernels {
namespace {

// Two vectors of 64 bytes read and one written a cycle, at 6 GHz: no core of today moves more, so
// that a loop that was optimised away shows.
constexpr double kMostBytesPerSecondOfACore = 192 * 6e9;
constexpr int64_t kBytes = 64 << 10;

TEST(Bandwidth, NoThreadMovesMoreThanACoreCan) {
  for (const Traffic traffic : {Traffic::kRead, Traffic::kCopy}) {
    const double rate = MeasureBandwidth({traffic, kBytes, 2});
    EXPECT_GT(rate, 0);
    EXPECT_LE(rate, 2 * kMostBytesPerSecondOfACore);
  }
}

TEST(Bandwidth, LeavesTheNumberOfThreads) {
  const int before = at::get_num_threads();
  MeasureBandwidth({Traffic::kRead, kBytes, 1});
  EXPECT_EQ(at::get_num_threads(), before);
}

TEST(Bandwidth, RefusesAWorkingSetThatThreadsCannotShare) {
  EXPECT_THROW(MeasureBandwidth({Traffic::kRead, kMinShareBytes, 2}), c10::Error);
  EXPECT_THROW(MeasureBandwidth({Traffic::kRead, kBytes, 0}), c10::Error);
}

}  // namespace
}  // namespace bench::kernels
