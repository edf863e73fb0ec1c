#include <algorithm>

#include "kernels/cuda_elements.cuh"
#include "kernels/swiglu_cuda.h"

namespace bench::kernels {
namespace {

constexpr int kThreads = 256;
constexpr int64_t kMaxBlocks = 1 << 16;  // the loops stride over the rest

__device__ float SigmoidOf(float z) { return 1.0F / (1.0F + __expf(-z)); }

template <typename T>
__global__ void Forward(SwiGluCudaForward args) {
  const T* gate = static_cast<const T*>(args.gate);
  const T* up = static_cast<const T*>(args.up);
  const int64_t stride = static_cast<int64_t>(gridDim.x) * kThreads;
  for (int64_t i = blockIdx.x * int64_t{kThreads} + threadIdx.x; i < args.count; i += stride) {
    const float z = Load(gate + i);
    Store(static_cast<T*>(args.y) + i, z * SigmoidOf(z) * Load(up + i));
  }
}

template <typename T>
__global__ void Backward(SwiGluCudaBackward args) {
  const int64_t stride = static_cast<int64_t>(gridDim.x) * kThreads;
  for (int64_t i = blockIdx.x * int64_t{kThreads} + threadIdx.x; i < args.count; i += stride) {
    const float grad = Load(static_cast<const T*>(args.grad_y) + i);
    const float z = Load(static_cast<const T*>(args.gate) + i);
    const float up = Load(static_cast<const T*>(args.up) + i);
    const float s = SigmoidOf(z);
    Store(static_cast<T*>(args.grad_up) + i, grad * z * s);
    Store(static_cast<T*>(args.grad_gate) + i, grad * up * s * (1.0F + z * (1.0F - s)));
  }
}

unsigned Blocks(int64_t count) {
  return static_cast<unsigned>(std::min((count + kThreads - 1) / kThreads, kMaxBlocks));
}

}  // namespace

LaunchResult SwiGluForwardCuda(const SwiGluCudaForward& args) {
  if (args.count == 0) return {};
  return WithElementType(args.type, [&](auto* element) {
    using T = std::remove_pointer_t<decltype(element)>;
    Forward<T><<<Blocks(args.count), kThreads, 0, static_cast<cudaStream_t>(args.stream)>>>(args);
  });
}

LaunchResult SwiGluBackwardCuda(const SwiGluCudaBackward& args) {
  if (args.count == 0) return {};
  return WithElementType(args.type, [&](auto* element) {
    using T = std::remove_pointer_t<decltype(element)>;
    Backward<T><<<Blocks(args.count), kThreads, 0, static_cast<cudaStream_t>(args.stream)>>>(args);
  });
}

}  // namespace bench::kernels
