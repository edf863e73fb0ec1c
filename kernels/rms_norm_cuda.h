// CUDA launchers of RmsNorm on raw device memory: contiguous rows of `type`, computed in fp32, on
// the given stream. See rms_norm.h.
#pragma once

#include <cstdint>

#include "kernels/cuda_types.h"

namespace bench::kernels {

struct RmsNormCudaForward {
  ElementType type = ElementType::kFloat32;
  const void* x = nullptr;
  const void* weight = nullptr;
  void* y = nullptr;
  float* inverse_rms = nullptr;
  int64_t rows = 0, width = 0;
  float eps = 0;
  CudaStream stream = nullptr;
};

struct RmsNormCudaBackward {
  ElementType type = ElementType::kFloat32;
  const void* grad_y = nullptr;
  const void* x = nullptr;
  const void* weight = nullptr;
  const float* inverse_rms = nullptr;
  void* grad_x = nullptr;
  float* partial = nullptr;  // [ceil(rows / block_rows), width]: the weight's gradient by block
  int64_t rows = 0, width = 0, block_rows = 0;
  CudaStream stream = nullptr;
};

LaunchResult RmsNormForwardCuda(const RmsNormCudaForward& args);
LaunchResult RmsNormBackwardCuda(const RmsNormCudaBackward& args);

}  // namespace bench::kernels
