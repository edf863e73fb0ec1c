#include <cmath>

#include "kernels/cpu_dispatch.h"
#include "kernels/linear_cross_entropy_kernels.h"
#include "kernels/vector_math.h"

namespace bench::kernels {
namespace {

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
void Scale(float* __restrict x, float factor, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; ++i) x[i] *= factor;
}

// No logit before `target` equals it, which is the largest.
bool IsFirstLargest(const CrossEntropyRow& row, float largest) {
  if (row.logits[row.target] != largest) return false;
  for (int64_t i = 0; i < row.target; ++i) {
    if (row.logits[i] == largest) return false;
  }
  return true;
}

struct RowPass {
  CrossEntropyRowResult result;
  float sum = 0;
};

RowPass Exponentiate(const CrossEntropyRow& row) {
  const float largest = Largest(row.logits, row.vocab_size);
  const float target_logit = row.logits[row.target];
  RowPass pass;
  pass.result.correct = IsFirstLargest(row, largest);
  pass.sum = ExpAndSum(row.logits, largest, row.vocab_size);
  pass.result.nll = std::log(pass.sum) + (largest - target_logit);
  return pass;
}

}  // namespace

CrossEntropyRowResult CrossEntropyForward(const CrossEntropyRow& row) {
  return Exponentiate(row).result;
}

CrossEntropyRowResult CrossEntropyForwardBackward(const CrossEntropyRow& row) {
  const RowPass pass = Exponentiate(row);
  Scale(row.logits, 1.0F / pass.sum, row.vocab_size);
  row.logits[row.target] -= 1.0F;
  return pass.result;
}

}  // namespace bench::kernels
