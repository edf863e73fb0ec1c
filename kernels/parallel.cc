#include "kernels/parallel.h"

#include <ATen/Parallel.h>

#ifndef _OPENMP
#error "without OpenMP at::parallel_for runs on one thread"
#endif

namespace bench::kernels {

void ParallelFor(const WorkRange& range, const std::function<void(int64_t, int64_t)>& run) {
  at::parallel_for(0, range.size, range.grain, run);
}

}  // namespace bench::kernels
