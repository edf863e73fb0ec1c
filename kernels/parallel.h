// The loop over threads of the CPU operations, and what is too little for threads.
//
// Waking and joining threads takes microseconds on a quiet machine; where other programs run, every
// join waits for a thread that has lost its processor, for milliseconds. Work below the limits here
// stays on the calling thread. What is done there depends on shapes only, not on the load.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "kernels/gemm.h"

namespace bench::kernels {

// About 50 us of a core: elements of a loop over memory with an exponential each, and
// floating-point operations of products of matrices.
inline constexpr int64_t kGrainElements = 65536;
inline constexpr double kGrainFlops = 4e6;

struct WorkRange {
  int64_t size = 0;
  int64_t elements = 1;  // of an item: kGrainElements are worth a thread
};

// Calls `run` on consecutive pieces [begin, end) of [0, size), on at::get_num_threads() threads at
// most. Products of matrices inside `run` stay on its thread. at::parallel_for is a template that
// shares work only where it is compiled with OpenMP; here it is compiled once, whatever the
// caller's flags.
void ParallelFor(const WorkRange& range, const std::function<void(int64_t, int64_t)>& run);

// While it lives, what LibTorch, oneDNN and MKL do for the calling thread stays on that thread, if
// the work is `small`: less than a grain.
class SerialIf {
 public:
  explicit SerialIf(bool small);
  ~SerialIf();
  SerialIf(const SerialIf&) = delete;
  SerialIf& operator=(const SerialIf&) = delete;

 private:
  int threads_before_ = 0;  // 0: nothing was changed
  std::optional<OneBlasThread> blas_;
};

}  // namespace bench::kernels
