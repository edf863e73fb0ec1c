// Layers and operators as NVTX ranges, for the profilers of NVIDIA: what LibTorch reports of each
// operator ("aten::mm"), node of the backward pass and layer ("layer.3") is pushed and popped in
// domain "bench", within the run's own ranges.
//
// While an object of it lives, in all threads of the process. Each operator then costs some
// microseconds more: only for profiles. One at a time.
#pragma once

#include <cstdint>

namespace bench::harness {

class OperatorRanges {
 public:
  OperatorRanges();
  ~OperatorRanges();
  OperatorRanges(const OperatorRanges&) = delete;
  OperatorRanges& operator=(const OperatorRanges&) = delete;

 private:
  uint64_t handle_ = 0;
};

}  // namespace bench::harness
