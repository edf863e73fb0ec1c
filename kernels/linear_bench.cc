#include "kernels/bench_inputs.h"
#include "kernels/linear.h"

namespace bench::kernels {
namespace {

using Inputs = std::vector<at::Tensor>;

Inputs MakeInputs() {
  return {BenchInput({kTokens, kHidden}), BenchInput({kIntermediate, kHidden})};
}

void BM_Linear(benchmark::State& state) {
  TimeForwardBackward(state, MakeInputs(), [](const Inputs& in) { return Linear(in[0], in[1]); });
}
BENCHMARK(BM_Linear)->Unit(benchmark::kMicrosecond)->UseRealTime();

void BM_LinearReference(benchmark::State& state) {
  TimeForwardBackward(state, MakeInputs(),
                      [](const Inputs& in) { return LinearReference(in[0], in[1]); });
}
BENCHMARK(BM_LinearReference)->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace
}  // namespace bench::kernels
