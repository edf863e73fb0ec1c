#include "kernels/cpu_dispatch.h"
#include "kernels/rope_kernels.h"

namespace bench::kernels {

BENCH_CPU_VARIANTS
void RopeRows(const RopeArgs& args, int64_t begin, int64_t end) {
  const int64_t half = args.half;
  for (int64_t row = begin; row < end; ++row) {
    const float* __restrict cos = args.cos + args.positions[row] * half;
    const float* __restrict sin = args.sin + args.positions[row] * half;
    for (int64_t head = 0; head < args.num_heads; ++head) {
      const float* __restrict x = args.x + (row * args.num_heads + head) * args.head_dim;
      float* __restrict y = args.y + (row * args.num_heads + head) * args.head_dim;
#pragma omp simd
      for (int64_t i = 0; i < half; ++i) {
        const float s = sin[i] * args.direction;
        y[i] = x[i] * cos[i] - x[i + half] * s;
        y[i + half] = x[i + half] * cos[i] + x[i] * s;
      }
      for (int64_t i = 2 * half; i < args.head_dim; ++i) y[i] = x[i];
    }
  }
}

}  // namespace bench::kernels
