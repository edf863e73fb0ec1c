#include "kernels/cuda_elements.cuh"
#include "kernels/rms_norm_cuda.h"

namespace bench::kernels {
namespace {

constexpr int kThreads = 256;
constexpr int kWarps = kThreads / 32;

// The sum over the block, in a fixed order; every thread gets it.
__device__ float BlockSum(float value) {
  __shared__ float warp_sums[kWarps];
  for (int offset = 16; offset > 0; offset /= 2) {
    value += __shfl_xor_sync(0xffffffffU, value, offset);
  }
  __syncthreads();  // the previous call's readers are done
  if (threadIdx.x % 32 == 0) warp_sums[threadIdx.x / 32] = value;
  __syncthreads();
  float sum = 0;
  for (int warp = 0; warp < kWarps; ++warp) sum += warp_sums[warp];
  return sum;
}

// One block a row.
template <typename T>
__global__ void Forward(RmsNormCudaForward args) {
  const int64_t offset = static_cast<int64_t>(blockIdx.x) * args.width;
  const T* x = static_cast<const T*>(args.x) + offset;
  const T* weight = static_cast<const T*>(args.weight);
  T* y = static_cast<T*>(args.y) + offset;
  float sum = 0;
  for (int64_t i = threadIdx.x; i < args.width; i += kThreads) sum += Load(x + i) * Load(x + i);
  const float r = rsqrtf(BlockSum(sum) / static_cast<float>(args.width) + args.eps);
  if (threadIdx.x == 0) args.inverse_rms[blockIdx.x] = r;
  for (int64_t i = threadIdx.x; i < args.width; i += kThreads) {
    Store(y + i, Load(x + i) * r * Load(weight + i));
  }
}

// One block for `block_rows` rows, in order, so that its partial sum has a fixed order. A thread
// always handles the same columns and is alone in adding to them.
template <typename T>
__global__ void Backward(RmsNormCudaBackward args) {
  const int64_t first = static_cast<int64_t>(blockIdx.x) * args.block_rows;
  const int64_t last = min(first + args.block_rows, args.rows);
  const T* weight = static_cast<const T*>(args.weight);
  float* partial = args.partial + static_cast<int64_t>(blockIdx.x) * args.width;
  for (int64_t i = threadIdx.x; i < args.width; i += kThreads) partial[i] = 0;
  for (int64_t row = first; row < last; ++row) {
    const T* grad = static_cast<const T*>(args.grad_y) + row * args.width;
    const T* x = static_cast<const T*>(args.x) + row * args.width;
    T* grad_x = static_cast<T*>(args.grad_x) + row * args.width;
    const float r = args.inverse_rms[row];
    float dot = 0;
    for (int64_t i = threadIdx.x; i < args.width; i += kThreads) {
      dot += Load(grad + i) * Load(weight + i) * Load(x + i);
    }
    const float projection = BlockSum(dot) * r * r * r / static_cast<float>(args.width);
    for (int64_t i = threadIdx.x; i < args.width; i += kThreads) {
      partial[i] += Load(grad + i) * Load(x + i) * r;
      Store(grad_x + i, Load(grad + i) * Load(weight + i) * r - Load(x + i) * projection);
    }
  }
}

}  // namespace

LaunchResult RmsNormForwardCuda(const RmsNormCudaForward& args) {
  if (args.rows == 0) return {};
  return WithElementType(args.type, [&](auto* element) {
    using T = std::remove_pointer_t<decltype(element)>;
    Forward<T>
        <<<static_cast<unsigned>(args.rows), kThreads, 0, static_cast<cudaStream_t>(args.stream)>>>(
            args);
  });
}

LaunchResult RmsNormBackwardCuda(const RmsNormCudaBackward& args) {
  if (args.rows == 0) return {};
  const int64_t blocks = (args.rows + args.block_rows - 1) / args.block_rows;
  return WithElementType(args.type, [&](auto* element) {
    using T = std::remove_pointer_t<decltype(element)>;
    Backward<T>
        <<<static_cast<unsigned>(blocks), kThreads, 0, static_cast<cudaStream_t>(args.stream)>>>(
            args);
  });
}

}  // namespace bench::kernels
