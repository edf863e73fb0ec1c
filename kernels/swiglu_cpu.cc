#include "kernels/cpu_dispatch.h"
#include "kernels/swiglu_kernels.h"
#include "kernels/vector_math.h"

namespace bench::kernels {

BENCH_CPU_VARIANTS
void SwiGluForwardElements(const SwiGluForwardArgs& args, int64_t begin, int64_t end) {
  const float* __restrict gate = args.gate;
  const float* __restrict up = args.up;
  float* __restrict y = args.y;
#pragma omp simd
  for (int64_t i = begin; i < end; ++i) y[i] = gate[i] * Sigmoid(gate[i]) * up[i];
}

// silu'(z) = s (1 + z (1 - s)), s = sigmoid(z).
BENCH_CPU_VARIANTS
void SwiGluBackwardElements(const SwiGluBackwardArgs& args, int64_t begin, int64_t end) {
  const float* __restrict grad_y = args.grad_y;
  const float* __restrict gate = args.gate;
  const float* __restrict up = args.up;
  float* __restrict grad_gate = args.grad_gate;
  float* __restrict grad_up = args.grad_up;
#pragma omp simd
  for (int64_t i = begin; i < end; ++i) {
    const float s = Sigmoid(gate[i]);
    grad_up[i] = grad_y[i] * gate[i] * s;
    grad_gate[i] = grad_y[i] * up[i] * s * (1.0F + gate[i] * (1.0F - s));
  }
}

}  // namespace bench::kernels
