#include "kernels/bench_inputs.h"
#include "kernels/swiglu.h"

namespace bench::kernels {
namespace {

using Inputs = std::vector<at::Tensor>;

Inputs MakeInputs() {
  return {BenchInput({kTokens, kIntermediate}), BenchInput({kTokens, kIntermediate})};
}

void BM_SwiGlu(benchmark::State& state) {
  TimeForwardBackward(state, MakeInputs(), [](const Inputs& in) { return SwiGlu(in[0], in[1]); });
}
BENCHMARK(BM_SwiGlu)->Unit(benchmark::kMicrosecond)->UseRealTime();

void BM_SwiGluReference(benchmark::State& state) {
  TimeForwardBackward(state, MakeInputs(),
                      [](const Inputs& in) { return SwiGluReference(in[0], in[1]); });
}
BENCHMARK(BM_SwiGluReference)->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace
}  // namespace bench::kernels
