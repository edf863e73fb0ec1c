// Helpers of the kernel tests: seeded inputs, gradients, and the fp32 error model.
#pragma once

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <vector>

namespace bench::kernels {

inline constexpr double kUnitRoundoff = 5.9604644775390625e-08;  // 2^-24: half an ulp in fp32

// Bound on the relative max-norm error of an fp32 result that went through `ops` operations, the
// longest of which sums `terms` numbers. Each operation rounds once per element, and a sum of n
// roundings grows like sqrt(n) (independent errors); 8 covers the tail of that distribution and the
// 2-ulp exponential.
inline double Tolerance(int64_t terms, int64_t ops) {
  return 8 * kUnitRoundoff * static_cast<double>(ops) * std::sqrt(static_cast<double>(terms));
}

// max|actual - expected| / max|expected|, in fp64.
inline double RelativeError(const at::Tensor& actual, const at::Tensor& expected) {
  TORCH_CHECK(actual.sizes() == expected.sizes(), actual.sizes(), " vs ", expected.sizes());
  if (expected.numel() == 0) return 0;
  const at::Tensor e = expected.detach().to(at::kDouble);
  const double largest = e.abs().max().item<double>();
  const double error = (actual.detach().to(at::kDouble) - e).abs().max().item<double>();
  return largest > 0 ? error / largest : error;
}

inline at::Tensor Random(at::IntArrayRef shape, uint64_t seed) {
  return at::randn(shape, at::detail::createCPUGenerator(seed), at::TensorOptions(at::kFloat));
}

using TensorFunction = std::function<at::Tensor(const std::vector<at::Tensor>&)>;

struct Evaluation {
  at::Tensor output;
  std::vector<at::Tensor> gradients;  // of sum(output * probe)
};

// Evaluates `f` on leaves of `dtype`; the probe weights every output differently.
inline Evaluation Evaluate(const TensorFunction& f, const std::vector<at::Tensor>& inputs,
                           at::ScalarType dtype) {
  const at::AutoGradMode grad(true);
  std::vector<at::Tensor> leaves;
  for (const at::Tensor& x : inputs) leaves.push_back(x.to(dtype).clone().set_requires_grad(true));
  Evaluation result{f(leaves), {}};
  const at::Tensor probe = Random(result.output.sizes(), 99).to(dtype);
  (result.output * probe).sum().backward();
  for (const at::Tensor& leaf : leaves) result.gradients.push_back(leaf.grad());
  return result;
}

// fp32 `op` against `reference` in fp64: output and all gradients.
inline void ExpectMatches(const TensorFunction& op, const TensorFunction& reference,
                          const std::vector<at::Tensor>& inputs, double tolerance) {
  const Evaluation actual = Evaluate(op, inputs, at::kFloat);
  const Evaluation expected = Evaluate(reference, inputs, at::kDouble);
  EXPECT_LE(RelativeError(actual.output, expected.output), tolerance);
  for (size_t i = 0; i < inputs.size(); ++i) {
    EXPECT_LE(RelativeError(actual.gradients[i], expected.gradients[i]), tolerance)
        << "gradient of input " << i;
  }
}

inline void ExpectRepeats(const TensorFunction& op, const std::vector<at::Tensor>& inputs) {
  const Evaluation first = Evaluate(op, inputs, at::kFloat);
  const Evaluation second = Evaluate(op, inputs, at::kFloat);
  EXPECT_TRUE(at::equal(first.output, second.output));
  for (size_t i = 0; i < inputs.size(); ++i) {
    EXPECT_TRUE(at::equal(first.gradients[i], second.gradients[i])) << "gradient of input " << i;
  }
}

// Results must not depend on how many threads share the work.
inline void ExpectSameOnOneThread(const TensorFunction& op, const std::vector<at::Tensor>& inputs) {
  const int threads = at::get_num_threads();
  const Evaluation many = Evaluate(op, inputs, at::kFloat);
  at::set_num_threads(1);
  const Evaluation one = Evaluate(op, inputs, at::kFloat);
  at::set_num_threads(threads);
  EXPECT_TRUE(at::equal(many.output, one.output));
  for (size_t i = 0; i < inputs.size(); ++i) {
    EXPECT_TRUE(at::equal(many.gradients[i], one.gradients[i])) << "gradient of input " << i;
  }
}

// Central differences in fp64 along a random direction of input `index` against the gradient: the
// truncation error is O(h^2) and the rounding error O(1e-16 / h), both below 1e-8 at h = 1e-5.
inline void ExpectFiniteDifferences(const TensorFunction& f, const std::vector<at::Tensor>& inputs,
                                    size_t index) {
  constexpr double kStep = 1e-5;
  const Evaluation at_inputs = Evaluate(f, inputs, at::kDouble);
  const at::Tensor direction = Random(inputs[index].sizes(), 7).to(at::kDouble);
  const at::Tensor probe = Random(at_inputs.output.sizes(), 99).to(at::kDouble);
  const auto shifted = [&](double step) {
    std::vector<at::Tensor> moved;
    for (const at::Tensor& x : inputs) moved.push_back(x.to(at::kDouble));
    moved[index] = moved[index] + direction * step;
    return (f(moved) * probe).sum().item<double>();
  };
  const double expected = (shifted(kStep) - shifted(-kStep)) / (2 * kStep);
  const double actual = (at_inputs.gradients[index] * direction).sum().item<double>();
  EXPECT_NEAR(actual, expected, 1e-7 * std::max(1.0, std::abs(expected)));
}

}  // namespace bench::kernels
