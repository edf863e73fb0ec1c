// Loads and stores in fp32 of the element types, and the check of a launch.
#pragma once

#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include <type_traits>

#include "kernels/cuda_types.h"

namespace bench::kernels {

__device__ inline float Load(const float* p) { return *p; }
__device__ inline float Load(const __nv_bfloat16* p) { return __bfloat162float(*p); }
__device__ inline void Store(float* p, float value) { *p = value; }
__device__ inline void Store(__nv_bfloat16* p, float value) { *p = __float2bfloat16(value); }

// To be called right after a launch.
inline LaunchResult CheckLaunch() {
  const cudaError_t error = cudaGetLastError();
  return {error == cudaSuccess ? nullptr : cudaGetErrorString(error)};
}

// Calls `launch` with a null pointer of the element type.
template <typename Launch>
LaunchResult WithElementType(ElementType type, const Launch& launch) {
  if (type == ElementType::kBFloat16) {
    launch(static_cast<__nv_bfloat16*>(nullptr));
  } else {
    launch(static_cast<float*>(nullptr));
  }
  return CheckLaunch();
}

}  // namespace bench::kernels
