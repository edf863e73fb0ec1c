#include "kernels/bench_inputs.h"
#include "kernels/ragged_attention.h"

namespace bench::kernels {
namespace {

using Function = at::Tensor (*)(const AttentionInputs&, const std::vector<int64_t>&);

void Time(benchmark::State& state, Function attention) {
  const at::Tensor q = BenchInput({kTokens, kHeads, kHeadDim});
  const at::Tensor k = BenchInput({kTokens, kHeads, kHeadDim});
  const at::Tensor v = BenchInput({kTokens, kHeads, kHeadDim});
  TimeForwardBackward(state, {q, k, v}, [&](const std::vector<at::Tensor>& in) {
    return attention({in[0], in[1], in[2]}, BenchOffsets());
  });
}

void BM_RaggedAttention(benchmark::State& state) { Time(state, RaggedAttention); }
BENCHMARK(BM_RaggedAttention)->Unit(benchmark::kMicrosecond)->UseRealTime();

void BM_RaggedAttentionReference(benchmark::State& state) { Time(state, RaggedAttentionReference); }
BENCHMARK(BM_RaggedAttentionReference)->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace
}  // namespace bench::kernels
