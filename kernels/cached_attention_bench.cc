#include "kernels/bench_inputs.h"
#include "kernels/cached_attention.h"

namespace bench::kernels {
namespace {

using Function = at::Tensor (*)(const CachedAttentionInputs&, const std::vector<CacheRange>&);

// Eight sequences with a full context each.
void Time(benchmark::State& state, Function attention) {
  at::set_num_threads(2);
  const at::NoGradGuard no_grad;
  std::vector<CacheRange> ranges;
  for (int64_t row = 0; row < kTokens; row += kSequence) ranges.push_back({row, kSequence});
  const at::Tensor cache = BenchInput({kTokens, kHeads, kHeadDim});
  const at::Tensor q = BenchInput({kTokens / kSequence, kHeads, kHeadDim});
  for (auto unused : state) benchmark::DoNotOptimize(attention({q, cache, cache}, ranges));
}

void BM_CachedAttention(benchmark::State& state) { Time(state, CachedAttention); }
BENCHMARK(BM_CachedAttention)->Unit(benchmark::kMicrosecond)->UseRealTime();

void BM_CachedAttentionReference(benchmark::State& state) { Time(state, CachedAttentionReference); }
BENCHMARK(BM_CachedAttentionReference)->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace
}  // namespace bench::kernels
