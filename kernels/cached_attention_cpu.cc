#include <algorithm>
#include <cmath>

#include "kernels/cached_attention_kernels.h"
#include "kernels/cpu_dispatch.h"
#include "kernels/vector_math.h"

namespace bench::kernels {
namespace {

BENCH_CPU_VARIANTS
float ScoresAndLargest(const CachedAttentionArgs& args, float* scores) {
  const float scale = 1.0F / std::sqrt(static_cast<float>(args.head_dim));
  const float* __restrict q = args.q;
  float largest = -3.4e38F;
  for (int64_t j = 0; j < args.length; ++j) {
    const float* __restrict key = args.keys + j * args.kv_stride;
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = 0; i < args.head_dim; ++i) sum += q[i] * key[i];
    scores[j] = sum * scale;
    largest = std::max(largest, scores[j]);
  }
  return largest;
}

BENCH_CPU_VARIANTS
float ExpAndSum(float* __restrict scores, float largest, int64_t length) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t j = 0; j < length; ++j) {
    const float e = Exp(scores[j] - largest);
    scores[j] = e;
    sum += e;
  }
  return sum;
}

BENCH_CPU_VARIANTS
void WeightedSum(const CachedAttentionArgs& args, const float* weights, float scale) {
  float* __restrict o = args.o;
  std::fill(o, o + args.head_dim, 0.0F);
  for (int64_t j = 0; j < args.length; ++j) {
    const float* __restrict value = args.values + j * args.kv_stride;
    const float weight = weights[j] * scale;
#pragma omp simd
    for (int64_t i = 0; i < args.head_dim; ++i) o[i] += weight * value[i];
  }
}

}  // namespace

void CachedAttentionHead(const CachedAttentionArgs& args, std::vector<float>& scratch) {
  if (scratch.size() < static_cast<size_t>(args.length)) {
    scratch.resize(static_cast<size_t>(args.length));
  }
  const float largest = ScoresAndLargest(args, scratch.data());
  const float sum = ExpAndSum(scratch.data(), largest, args.length);
  WeightedSum(args, scratch.data(), 1.0F / sum);
}

}  // namespace bench::kernels
