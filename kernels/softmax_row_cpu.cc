#include "kernels/cpu_dispatch.h"
#include "kernels/softmax_row.h"
#include "kernels/vector_math.h"

namespace bench::kernels {

BENCH_CPU_VARIANTS
float Largest(const float* __restrict x, int64_t n) {
  float largest = x[0];
#pragma omp simd reduction(max : largest)
  for (int64_t i = 0; i < n; ++i) largest = largest > x[i] ? largest : x[i];
  return largest;
}

BENCH_CPU_VARIANTS
float ExpAndSum(float* __restrict x, float largest, int64_t n) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; ++i) {
    const float e = Exp(x[i] - largest);
    x[i] = e;
    sum += e;
  }
  return sum;
}

BENCH_CPU_VARIANTS
void ScaleRow(float* __restrict x, float factor, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; ++i) x[i] *= factor;
}

BENCH_CPU_VARIANTS
ExpSums SumExp(const float* __restrict x, float largest, int64_t n) {
  float sum = 0;
  float weighted = 0;
#pragma omp simd reduction(+ : sum, weighted)
  for (int64_t i = 0; i < n; ++i) {
    const float difference = x[i] - largest;
    const float e = Exp(difference);
    sum += e;
    weighted += e * difference;
  }
  return {sum, weighted};
}

}  // namespace bench::kernels
