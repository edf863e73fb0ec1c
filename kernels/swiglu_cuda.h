// CUDA launchers of SwiGlu on raw device memory: contiguous elements of `type`, computed in fp32,
// on the given stream. See swiglu.h.
#pragma once

#include <cstdint>

#include "kernels/cuda_types.h"

namespace bench::kernels {

struct SwiGluCudaForward {
  ElementType type = ElementType::kFloat32;
  const void* gate = nullptr;
  const void* up = nullptr;
  void* y = nullptr;
  int64_t count = 0;
  CudaStream stream = nullptr;
};

struct SwiGluCudaBackward {
  ElementType type = ElementType::kFloat32;
  const void* grad_y = nullptr;
  const void* gate = nullptr;
  const void* up = nullptr;
  void* grad_gate = nullptr;
  void* grad_up = nullptr;
  int64_t count = 0;
  CudaStream stream = nullptr;
};

LaunchResult SwiGluForwardCuda(const SwiGluCudaForward& args);
LaunchResult SwiGluBackwardCuda(const SwiGluCudaBackward& args);

}  // namespace bench::kernels
