// The loops behind SwiGlu on raw memory: contiguous elements, no Torch. See swiglu.h.
#pragma once

#include <cstdint>

namespace bench::kernels {

struct SwiGluForwardArgs {
  const float* gate = nullptr;
  const float* up = nullptr;
  float* y = nullptr;
};

struct SwiGluBackwardArgs {
  const float* grad_y = nullptr;
  const float* gate = nullptr;
  const float* up = nullptr;
  float* grad_gate = nullptr;
  float* grad_up = nullptr;
};

// Elements [begin, end).
void SwiGluForwardElements(const SwiGluForwardArgs& args, int64_t begin, int64_t end);
void SwiGluBackwardElements(const SwiGluBackwardArgs& args, int64_t begin, int64_t end);

}  // namespace bench::kernels
