#include <algorithm>

#include "kernels/cpu_dispatch.h"
#include "kernels/softmax_row.h"
#include "kernels/vector_math.h"

namespace bench::kernels {
namespace {

// Terms that one fp32 sum takes. Of a vocabulary of 50,000 most terms are so much smaller than
// their sum that a single one loses them: cross-entropy came out 1.5e-5 too small.
constexpr int64_t kBlock = 256;

}  // namespace

BENCH_CPU_VARIANTS
float Largest(const float* __restrict x, int64_t n) {
  float largest = x[0];
#pragma omp simd reduction(max : largest)
  for (int64_t i = 0; i < n; ++i) largest = largest > x[i] ? largest : x[i];
  return largest;
}

BENCH_CPU_VARIANTS
float ExpAndSum(float* __restrict x, float largest, int64_t n) {
  double total = 0;
  for (int64_t begin = 0; begin < n; begin += kBlock) {
    const int64_t end = std::min(begin + kBlock, n);
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = begin; i < end; ++i) {
      const float e = Exp(x[i] - largest);
      x[i] = e;
      sum += e;
    }
    total += sum;
  }
  return static_cast<float>(total);
}

BENCH_CPU_VARIANTS
void ScaleRow(float* __restrict x, float factor, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; ++i) x[i] *= factor;
}

BENCH_CPU_VARIANTS
ExpSums SumExp(const float* __restrict x, float largest, int64_t n) {
  double total = 0;
  double total_weighted = 0;
  for (int64_t begin = 0; begin < n; begin += kBlock) {
    const int64_t end = std::min(begin + kBlock, n);
    float sum = 0;
    float weighted = 0;
#pragma omp simd reduction(+ : sum, weighted)
    for (int64_t i = begin; i < end; ++i) {
      const float difference = x[i] - largest;
      const float e = Exp(difference);
      sum += e;
      weighted += e * difference;
    }
    total += sum;
    total_weighted += weighted;
  }
  return {static_cast<float>(total), static_cast<float>(total_weighted)};
}

}  // namespace bench::kernels
