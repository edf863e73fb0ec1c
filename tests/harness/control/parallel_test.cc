#include "harness/control/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

#include "base/status.h"
#include "tests/harness/stop_request.h"

namespace bench::harness {
namespace {

TEST(ForEachInParallel, DoesEachPieceOnceAndReportsAll) {
  for (const int64_t num_threads : {1, 3, 40}) {
    std::vector<std::atomic<int>> times(25);
    std::vector<int64_t> reported;
    const absl::Status status = ForEachInParallel(
        25, num_threads,
        [&](int64_t i) {
          ++times[static_cast<size_t>(i)];
          return absl::OkStatus();
        },
        [&](int64_t done) { reported.push_back(done); });
    EXPECT_TRUE(status.ok());
    for (const auto& count : times) EXPECT_EQ(count, 1);
    ASSERT_EQ(reported.size(), 25u);
    for (size_t i = 0; i < 25; ++i) EXPECT_EQ(reported[i], static_cast<int64_t>(i) + 1);
  }
}

TEST(ForEachInParallel, NothingIsDoneOfNothing) {
  EXPECT_TRUE(ForEachInParallel(0, 4, [](int64_t) { return DataError("called"); }).ok());
}

TEST(ForEachInParallel, AnErrorEndsItAndIsReturned) {
  std::atomic<int> begun = 0;
  const absl::Status status = ForEachInParallel(1000, 1, [&](int64_t i) {
    ++begun;
    return i == 7 ? DataError("seven") : absl::OkStatus();
  });
  EXPECT_EQ(status.message(), "seven");
  EXPECT_EQ(begun, 8);
}

TEST(ForEachInParallel, OfSeveralErrorsTheFirstPieceIsReturned) {
  // All four begin before the first fails, so all fail.
  std::atomic<int> begun = 0;
  const absl::Status status = ForEachInParallel(4, 4, [&](int64_t i) {
    ++begun;
    while (begun < 4) {
    }
    return DataError(std::to_string(i));
  });
  EXPECT_EQ(status.message(), "0");
}

TEST(ForEachInParallel, AnExceptionOfAThreadIsThrownHere) {
  EXPECT_THROW(ForEachInParallel(8, 3,
                                 [](int64_t i) -> absl::Status {
                                   if (i == 5) throw std::bad_alloc();
                                   return absl::OkStatus();
                                 })
                   .IgnoreError(),
               std::bad_alloc);
}

TEST(ForEachInParallel, AStopSignalEndsItBeforeTheNextPiece) {
  const StopRequest stop;
  int begun = 0;
  EXPECT_TRUE(IsStopped(ForEachInParallel(3, 1, [&](int64_t) {
    ++begun;
    return absl::OkStatus();
  })));
  EXPECT_EQ(begun, 0);
}

}  // namespace
}  // namespace bench::harness
