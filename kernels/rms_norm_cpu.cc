#include <cmath>

#include "kernels/cpu_dispatch.h"
#include "kernels/rms_norm_kernels.h"

namespace bench::kernels {

BENCH_CPU_VARIANTS
void RmsNormForwardRows(const RmsNormForwardArgs& args, int64_t begin, int64_t end) {
  const int64_t width = args.width;
  const float* __restrict weight = args.weight;
  for (int64_t row = begin; row < end; ++row) {
    const float* __restrict x = args.x + row * width;
    float* __restrict y = args.y + row * width;
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = 0; i < width; ++i) sum += x[i] * x[i];
    const float scale = 1.0F / std::sqrt(sum / static_cast<float>(width) + args.eps);
    args.inverse_rms[row] = scale;
#pragma omp simd
    for (int64_t i = 0; i < width; ++i) y[i] = x[i] * scale * weight[i];
  }
}

// With n = x * r: grad_x = r * (g w - n * mean(g w n)), grad_w = sum over rows of g n.
BENCH_CPU_VARIANTS
void RmsNormBackwardRows(const RmsNormBackwardArgs& args, int64_t begin, int64_t end,
                         float* grad_weight_partial) {
  const int64_t width = args.width;
  const float* __restrict weight = args.weight;
  float* __restrict grad_weight = grad_weight_partial;
  for (int64_t row = begin; row < end; ++row) {
    const float* __restrict grad = args.grad_y + row * width;
    const float* __restrict x = args.x + row * width;
    float* __restrict grad_x = args.grad_x + row * width;
    const float r = args.inverse_rms[row];
    float dot = 0;
#pragma omp simd reduction(+ : dot)
    for (int64_t i = 0; i < width; ++i) dot += grad[i] * weight[i] * x[i];
    const float projection = dot * r * r * r / static_cast<float>(width);
#pragma omp simd
    for (int64_t i = 0; i < width; ++i) {
      grad_weight[i] += grad[i] * x[i] * r;
      grad_x[i] = grad[i] * weight[i] * r - x[i] * projection;
    }
  }
}

}  // namespace bench::kernels
