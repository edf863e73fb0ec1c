#include "kernels/bench_inputs.h"
#include "kernels/linear_cross_entropy.h"

namespace bench::kernels {
namespace {

using Function = CrossEntropy (*)(const at::Tensor&, const at::Tensor&, const at::Tensor&);

void Time(benchmark::State& state, Function cross_entropy) {
  const at::Tensor targets = at::arange(kTokens, at::kLong).remainder(kVocab);
  TimeForwardBackward(state, {BenchInput({kTokens, kHidden}), BenchInput({kVocab, kHidden})},
                      [&](const std::vector<at::Tensor>& in) {
                        return cross_entropy(in[0], in[1], targets).loss_sum;
                      });
}

void BM_LinearCrossEntropy(benchmark::State& state) { Time(state, LinearCrossEntropy); }
BENCHMARK(BM_LinearCrossEntropy)->Unit(benchmark::kMillisecond)->UseRealTime();

void BM_LinearCrossEntropyReference(benchmark::State& state) {
  Time(state, LinearCrossEntropyReference);
}
BENCHMARK(BM_LinearCrossEntropyReference)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace bench::kernels
