// Splits tasks of known cost over threads: longest first, each to the least loaded thread.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace bench::kernels {

// Runs `run(task, thread_slot)` for every task, on the calling thread alone where all together are
// less than kGrainFlops (parallel.h). Each task must write memory of its own, so that the
// assignment cannot change a result; `thread_slot` < at::get_num_threads() selects scratch space.
void RunBalanced(const std::vector<double>& flops,
                 const std::function<void(int64_t task, int64_t slot)>& run);

}  // namespace bench::kernels
