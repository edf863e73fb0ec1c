#include "kernels/bench_inputs.h"
#include "kernels/linear_log_probs.h"

namespace bench::kernels {
namespace {

using Function = TokenLogProbs (*)(const at::Tensor&, const at::Tensor&, const at::Tensor&);

void Time(benchmark::State& state, Function log_probs) {
  const at::Tensor targets = at::arange(kTokens, at::kLong).remainder(kVocab);
  TimeForwardBackward(state, {BenchInput({kTokens, kHidden}), BenchInput({kVocab, kHidden})},
                      [&](const std::vector<at::Tensor>& in) {
                        return log_probs(in[0], in[1], targets).log_probs_M;
                      });
}

void BM_LinearLogProbs(benchmark::State& state) { Time(state, LinearLogProbs); }
BENCHMARK(BM_LinearLogProbs)->Unit(benchmark::kMillisecond)->UseRealTime();

void BM_LinearLogProbsReference(benchmark::State& state) { Time(state, LinearLogProbsReference); }
BENCHMARK(BM_LinearLogProbsReference)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace bench::kernels
