#include "kernels/parallel.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace bench::kernels {
namespace {

TEST(ParallelFor, VisitsEveryItemOnceOnAllThreads) {
  const int threads = at::get_num_threads();
  at::set_num_threads(2);
  std::vector<int> visits(1001, 0);
  std::mutex mutex;
  std::set<std::thread::id> seen;
  ParallelFor({1001, 1}, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) ++visits[static_cast<size_t>(i)];
    const std::lock_guard<std::mutex> lock(mutex);
    seen.insert(std::this_thread::get_id());
  });
  at::set_num_threads(threads);
  EXPECT_EQ(visits, std::vector<int>(1001, 1));
  EXPECT_EQ(seen.size(), 2U);
}

TEST(ParallelFor, LessThanAGrainStaysOnTheCallingThread) {
  ParallelFor({10, 16}, [](int64_t begin, int64_t end) {
    EXPECT_EQ(begin, 0);
    EXPECT_EQ(end, 10);
  });
}

TEST(ParallelFor, NothingRunsNothing) {
  ParallelFor({0, 1}, [](int64_t, int64_t) { FAIL(); });
}

}  // namespace
}  // namespace bench::kernels
