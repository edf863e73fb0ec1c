#include "kernels/parallel.h"

#include <ATen/Parallel.h>
#include <omp.h>

#include <algorithm>

#ifndef _OPENMP
#error "without OpenMP at::parallel_for runs on one thread"
#endif

namespace bench::kernels {

void ParallelFor(const WorkRange& range, const std::function<void(int64_t, int64_t)>& run) {
  const int64_t grain = kGrainElements / std::max<int64_t>(1, range.elements);
  at::parallel_for(0, range.size, std::max<int64_t>(1, grain), run);
}

SerialIf::SerialIf(bool small) {
  // LibTorch brings its own number to a thread that asks for the first time: it asks now.
  const int threads = at::get_num_threads();
  if (!small || threads == 1) return;
  threads_before_ = threads;
  ::omp_set_num_threads(1);  // of the calling thread only
  blas_.emplace();
}

SerialIf::~SerialIf() {
  if (threads_before_ > 0) ::omp_set_num_threads(threads_before_);
}

}  // namespace bench::kernels
