// Sizes and inputs of the kernel benchmarks: one layer of the geometry of
// experiments/perf_clm_step.
#pragma once

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

namespace bench::kernels {

inline constexpr int64_t kTokens = 2048, kHidden = 288, kHeads = 6, kHeadDim = 48;
inline constexpr int64_t kIntermediate = 768, kVocab = 8192, kSequence = 256;

inline at::Tensor BenchInput(at::IntArrayRef shape) {
  return at::randn(shape, at::detail::createCPUGenerator(1), at::TensorOptions(at::kFloat))
      .set_requires_grad(true);
}

// Times forward and backward of `f` over `inputs` on two threads.
template <typename F>
void TimeForwardBackward(benchmark::State& state, std::vector<at::Tensor> inputs, const F& f) {
  at::set_num_threads(2);
  const at::AutoGradMode grad(true);
  const at::Tensor probe = at::randn_like(f(inputs).detach());
  for (auto unused : state) {
    f(inputs).backward(probe);
    for (at::Tensor& x : inputs) x.mutable_grad().reset();
  }
}

inline std::vector<int64_t> BenchOffsets() {
  std::vector<int64_t> offsets;
  for (int64_t row = 0; row <= kTokens; row += kSequence) offsets.push_back(row);
  return offsets;
}

}  // namespace bench::kernels
