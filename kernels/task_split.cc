#include "kernels/task_split.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <numeric>

#include "kernels/parallel.h"

namespace bench::kernels {
namespace {

std::vector<std::vector<int64_t>> Assign(const std::vector<double>& costs, int64_t num_slots) {
  std::vector<int64_t> order(costs.size());
  std::iota(order.begin(), order.end(), 0);
  const auto cost = [&](int64_t task) { return costs[static_cast<size_t>(task)]; };
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return cost(a) > cost(b); });
  std::vector<std::vector<int64_t>> slots(static_cast<size_t>(num_slots));
  std::vector<double> load(slots.size(), 0);
  for (const int64_t task : order) {
    const auto slot = std::min_element(load.begin(), load.end()) - load.begin();
    slots[static_cast<size_t>(slot)].push_back(task);
    load[static_cast<size_t>(slot)] += cost(task);
  }
  return slots;
}

}  // namespace

void RunBalanced(const std::vector<double>& flops,
                 const std::function<void(int64_t task, int64_t slot)>& run) {
  const bool small = std::accumulate(flops.begin(), flops.end(), 0.0) < kGrainFlops;
  const int64_t num_slots =
      std::min<int64_t>(small ? 1 : at::get_num_threads(), static_cast<int64_t>(flops.size()));
  if (num_slots == 0) return;
  const auto slots = Assign(flops, num_slots);
  ParallelFor({num_slots, kGrainElements}, [&](int64_t begin, int64_t end) {
    for (int64_t slot = begin; slot < end; ++slot) {
      for (const int64_t task : slots[static_cast<size_t>(slot)]) run(task, slot);
    }
  });
}

}  // namespace bench::kernels
