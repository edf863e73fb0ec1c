#include "kernels/bench_inputs.h"
#include "kernels/rms_norm.h"

namespace bench::kernels {
namespace {

using Inputs = std::vector<at::Tensor>;

void BM_RmsNorm(benchmark::State& state) {
  TimeForwardBackward(state, {BenchInput({kTokens, kHidden}), BenchInput({kHidden})},
                      [](const Inputs& in) { return RmsNorm(in[0], in[1], 1e-5); });
}
BENCHMARK(BM_RmsNorm)->Unit(benchmark::kMicrosecond)->UseRealTime();

void BM_RmsNormReference(benchmark::State& state) {
  TimeForwardBackward(state, {BenchInput({kTokens, kHidden}), BenchInput({kHidden})},
                      [](const Inputs& in) { return RmsNormReference(in[0], in[1], 1e-5); });
}
BENCHMARK(BM_RmsNormReference)->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace
}  // namespace bench::kernels
