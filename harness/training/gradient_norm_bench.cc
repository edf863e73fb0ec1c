// The norm of gradients that does not depend on their order (gradient_norm.h) beside ATen's, which
// does. Argument: elements, in tensors of 64 x 1024.
#include <ATen/ATen.h>
#include <benchmark/benchmark.h>

#include "harness/training/gradient_norm.h"

namespace bench::harness {
namespace {

std::vector<at::Tensor> Gradients(int64_t num_elements) {
  constexpr int64_t kEach = int64_t{64} * 1024;
  at::manual_seed(7);
  std::vector<at::Tensor> gradients;
  for (int64_t i = 0; i < num_elements; i += kEach) gradients.push_back(at::randn({64, 1024}));
  return gradients;
}

void BM_ExactNorm(benchmark::State& state) {
  const auto gradients = Gradients(state.range(0));
  for (auto _ : state) {
    ExactSum squares;
    AddSquares(gradients, squares);
    benchmark::DoNotOptimize(squares.Value());
  }
}
BENCHMARK(BM_ExactNorm)->Arg(1 << 20)->Arg(1 << 25)->Unit(benchmark::kMicrosecond)->UseRealTime();

void BM_AtenNorm(benchmark::State& state) {
  const auto gradients = Gradients(state.range(0));
  for (auto _ : state) {
    double squares = 0;
    for (const at::Tensor& norm : at::_foreach_norm(gradients, /*ord=*/2, at::kFloat)) {
      squares += norm.item<double>() * norm.item<double>();
    }
    benchmark::DoNotOptimize(squares);
  }
}
BENCHMARK(BM_AtenNorm)->Arg(1 << 20)->Arg(1 << 25)->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace
}  // namespace bench::harness
