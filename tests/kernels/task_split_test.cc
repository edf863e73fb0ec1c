#include "kernels/task_split.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <vector>

#include "kernels/parallel.h"

namespace bench::kernels {
namespace {

TEST(RunBalanced, RunsEveryTaskOnceWithASlotBelowTheThreadCount) {
  const int threads = at::get_num_threads();  // inside the loop a worker sees 1
  std::vector<int> runs(37, 0);
  std::vector<double> costs;
  for (size_t i = 0; i < runs.size(); ++i)
    costs.push_back(kGrainFlops * static_cast<double>(i % 5));
  RunBalanced(costs, [&](int64_t task, int64_t slot) {
    ++runs[static_cast<size_t>(task)];
    EXPECT_LT(slot, threads);
  });
  EXPECT_EQ(runs, std::vector<int>(37, 1));
}

TEST(RunBalanced, SpreadsTheCostByLongestFirst) {
  const int threads = at::get_num_threads();
  at::set_num_threads(2);
  std::vector<double> load(2, 0);
  std::vector<double> costs = {1, 9, 1, 5, 4};  // 9 + 1 and 5 + 4 + 1
  for (double& cost : costs) cost *= kGrainFlops;
  RunBalanced(costs, [&](int64_t task, int64_t slot) {
    load[static_cast<size_t>(slot)] += costs[static_cast<size_t>(task)];
  });
  at::set_num_threads(threads);
  EXPECT_EQ(load, std::vector<double>(2, 10 * kGrainFlops));
}

TEST(RunBalanced, LittleWorkHasOneSlot) {
  const int threads = at::get_num_threads();
  at::set_num_threads(2);
  std::vector<int64_t> slots;
  RunBalanced(std::vector<double>(4, kGrainFlops / 5),
              [&](int64_t, int64_t slot) { slots.push_back(slot); });
  at::set_num_threads(threads);
  EXPECT_EQ(slots, std::vector<int64_t>(4, 0));
}

TEST(RunBalanced, NoTasksRunNothing) {
  RunBalanced({}, [](int64_t, int64_t) { FAIL(); });
}

}  // namespace
}  // namespace bench::kernels
