#include "kernels/parallel.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <mutex>
#include <set>
#include <thread>
#include <vector>

// How many threads MKL may take for the calling thread. Not there with another BLAS.
extern "C" int MKL_Get_Max_Threads() __attribute__((weak));

namespace bench::kernels {
namespace {

// Two threads, whatever the machine has.
class ParallelTest : public testing::Test {
 protected:
  ParallelTest() : before_(at::get_num_threads()) { at::set_num_threads(2); }
  ~ParallelTest() override { at::set_num_threads(before_); }

 private:
  int before_;
};

std::set<std::thread::id> ThreadsOf(const WorkRange& range, std::vector<int>& visits) {
  std::mutex mutex;
  std::set<std::thread::id> seen;
  ParallelFor(range, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) ++visits[static_cast<size_t>(i)];
    const std::lock_guard<std::mutex> lock(mutex);
    seen.insert(std::this_thread::get_id());
  });
  return seen;
}

TEST_F(ParallelTest, VisitsEveryItemOnceOnAllThreads) {
  std::vector<int> visits(1001, 0);
  EXPECT_EQ(ThreadsOf({1001, kGrainElements}, visits).size(), 2U);
  EXPECT_EQ(visits, std::vector<int>(1001, 1));
}

TEST_F(ParallelTest, LessThanAGrainStaysOnTheCallingThread) {
  std::vector<int> visits(16, 0);
  const std::set<std::thread::id> caller = {std::this_thread::get_id()};
  EXPECT_EQ(ThreadsOf({16, kGrainElements / 16}, visits), caller);
  EXPECT_EQ(visits, std::vector<int>(16, 1));
  EXPECT_EQ(ThreadsOf({16, kGrainElements / 8}, visits).size(), 2U);
}

TEST_F(ParallelTest, NothingRunsNothing) {
  ParallelFor({0, 1}, [](int64_t, int64_t) { FAIL(); });
}

// What LibTorch's own loops and MKL ask for their number of threads.
std::vector<int> Limits() {
  return {at::get_num_threads(), MKL_Get_Max_Threads == nullptr ? 0 : MKL_Get_Max_Threads()};
}

TEST_F(ParallelTest, SmallWorkIsTheCallingThreadsAlone) {
  const std::vector<int> before = Limits();
  EXPECT_EQ(before[0], 2);
  {
    const SerialIf serial(true);
    EXPECT_EQ(at::get_num_threads(), 1);
    EXPECT_LE(Limits()[1], 1);
    const SerialIf within(true);
    EXPECT_EQ(at::get_num_threads(), 1);
  }
  EXPECT_EQ(Limits(), before);
  const SerialIf parallel(false);
  EXPECT_EQ(Limits(), before);
}

// A thread that has asked LibTorch for nothing yet begins with the process's number, also within.
TEST_F(ParallelTest, SmallWorkOfAFreshThreadIsItsOwn) {
  int within = 0, after = 0;
  std::thread([&] {
    {
      const SerialIf serial(true);
      within = at::get_num_threads();
    }
    after = at::get_num_threads();
  }).join();
  EXPECT_EQ(within, 1);
  EXPECT_EQ(after, 2);
}

}  // namespace
}  // namespace bench::kernels
