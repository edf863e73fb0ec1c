#include "kernels/bench_inputs.h"
#include "kernels/rope.h"

namespace bench::kernels {
namespace {

using Function = at::Tensor (*)(const at::Tensor&, const at::Tensor&, const RopeTables&);

void Time(benchmark::State& state, Function rope) {
  const RopeTables tables =
      MakeRopeTables({kSequence, kHeadDim}, 1e4, at::TensorOptions(at::kFloat));
  const at::Tensor positions = at::arange(kTokens, at::kLong).remainder(kSequence);
  TimeForwardBackward(
      state, {BenchInput({kTokens, kHeads, kHeadDim})},
      [&](const std::vector<at::Tensor>& in) { return rope(in[0], positions, tables); });
}

void BM_Rope(benchmark::State& state) { Time(state, Rope); }
BENCHMARK(BM_Rope)->Unit(benchmark::kMicrosecond)->UseRealTime();

void BM_RopeReference(benchmark::State& state) { Time(state, RopeReference); }
BENCHMARK(BM_RopeReference)->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace
}  // namespace bench::kernels
