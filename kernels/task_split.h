// Splits tasks of known cost over threads: longest first, each to the least loaded thread.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace bench::kernels {

// Runs `run(task, thread_slot)` for every task. Each task must write memory of its own, so that the
// assignment cannot change a result; `thread_slot` < num_slots selects scratch space.
void RunBalanced(const std::vector<double>& costs,
                 const std::function<void(int64_t task, int64_t slot)>& run);

}  // namespace bench::kernels
