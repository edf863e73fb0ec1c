// The loop over threads of the CPU operations: at::parallel_for, which is a template that shares
// work only where it is compiled with OpenMP. Here it is compiled once, whatever the caller's
// flags.
#pragma once

#include <cstdint>
#include <functional>

namespace bench::kernels {

struct WorkRange {
  int64_t size = 0;
  int64_t grain = 1;  // fewest items that are worth a thread
};

// Calls `run` on consecutive pieces [begin, end) of [0, size), on at::get_num_threads() threads.
// Products of matrices inside `run` stay on its thread.
void ParallelFor(const WorkRange& range, const std::function<void(int64_t, int64_t)>& run);

}  // namespace bench::kernels
