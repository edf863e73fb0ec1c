#include "harness/training/optimizer.h"

#include <cmath>

#include "gtest/gtest.h"
#include "harness/measurement/tensor_memory.h"

namespace bench::harness {
namespace {

using models::NamedTensor;

OptimizerSpec Spec() {
  OptimizerSpec spec;
  spec.learning_rate = 0.01;
  spec.beta1 = 0.9;
  spec.beta2 = 0.95;
  spec.epsilon = 1e-8;
  spec.weight_decay = 0.1;
  return spec;
}

// Loshchilov & Hutter's algorithm 2 for one element, in float64.
struct Reference {
  double weight, m = 0, v = 0;
  int step = 0;
  void Step(const OptimizerSpec& spec, double gradient, double learning_rate, double decay) {
    ++step;
    m = spec.beta1 * m + (1 - spec.beta1) * gradient;
    v = spec.beta2 * v + (1 - spec.beta2) * gradient * gradient;
    const double m_hat = m / (1 - std::pow(spec.beta1, step));
    const double v_hat = v / (1 - std::pow(spec.beta2, step));
    weight = weight * (1 - learning_rate * decay) -
             learning_rate * m_hat / (std::sqrt(v_hat) + spec.epsilon);
  }
};

TEST(AdamW, EqualsTheAlgorithmInFloat64AndDecaysMatricesOnly) {
  const std::vector<double> gradients = {0.5, -1.25, 3.0, 0.01, -0.3};
  NamedTensor matrix{"w", at::full({1, 1}, 0.8, at::kFloat).set_requires_grad(true)};
  NamedTensor vector{"g", at::full({1}, 0.8, at::kFloat).set_requires_grad(true)};
  const auto optimizer = MakeOptimizer(Spec(), WholePieces({matrix, vector}));
  Reference expected_matrix{0.8f};
  Reference expected_vector{0.8f};
  double learning_rate = 0.01;
  for (const double gradient : gradients) {
    matrix.tensor.mutable_grad() = at::full({1, 1}, gradient, at::kFloat);
    vector.tensor.mutable_grad() = at::full({1}, gradient, at::kFloat);
    optimizer->Step(learning_rate);
    expected_matrix.Step(Spec(), gradient, learning_rate, Spec().weight_decay);
    expected_vector.Step(Spec(), gradient, learning_rate, 0);
    learning_rate *= 0.5;
  }
  // A step has about ten roundings of values near 1: 5 steps x 10 x 2^-24 = 3e-6.
  EXPECT_NEAR(matrix.tensor.item<float>(), expected_matrix.weight, 3e-6);
  EXPECT_NEAR(vector.tensor.item<float>(), expected_vector.weight, 3e-6);
  EXPECT_GT(vector.tensor.item<float>() - matrix.tensor.item<float>(), 1e-4);
}

// Steps of 1e-5 are less than half an ulp of a bf16 weight near 1: only master weights keep them.
TEST(AdamW, MasterWeightsKeepWhatBf16WouldLose) {
  OptimizerSpec spec = Spec();
  NamedTensor weight{"w", at::full({1, 1}, 1, at::kBFloat16).set_requires_grad(true)};
  const auto optimizer = MakeOptimizer(spec, WholePieces({weight}));
  Reference expected{1};
  for (int i = 0; i < 1000; ++i) {
    weight.tensor.mutable_grad() = at::full({1, 1}, 0.5, at::kBFloat16);
    optimizer->Step(1e-5);
    expected.Step(spec, 0.5, 1e-5, spec.weight_decay);
  }
  ASSERT_EQ(optimizer->StateKinds(at::kBFloat16)[3].name, "master");
  const at::Tensor master = optimizer->StateOf(0)[3];
  // Equal steps round alike: 1,000 x 3 roundings (factor of the decay, decay, step) x half an ulp
  // of a weight below 1, 2^-25.
  EXPECT_NEAR(master.item<float>(), expected.weight, 9e-5);
  EXPECT_LT(expected.weight, 0.995);
  EXPECT_TRUE(at::equal(weight.tensor, master.to(at::kBFloat16)));
}

// More than two slices, the last one ending within a vector; a second parameter shares its call.
std::vector<NamedTensor> LargeBf16Parameters() {
  std::vector<NamedTensor> parameters;
  for (const int64_t count : {2 * kMostConverted + 1037, int64_t{513}}) {
    const at::Tensor values = at::arange(count, at::kFloat).sin();
    parameters.push_back({"w", values.to(at::kBFloat16).view({1, -1}).set_requires_grad(true)});
    parameters.back().tensor.mutable_grad() = values.cos().to(at::kBFloat16).view({1, -1});
  }
  return parameters;
}

// Against LibTorch's kernel on whole tensors.
TEST(AdamW, SlicesOfLowPrecisionGradientsDoNotChangeBits) {
  const OptimizerSpec spec = Spec();
  const auto parameters = LargeBf16Parameters();
  const auto optimizer = MakeOptimizer(spec, WholePieces(parameters));
  std::vector<at::Tensor> masters;
  for (const NamedTensor& parameter : parameters) {
    masters.push_back(parameter.tensor.detach().to(at::kFloat));
  }
  optimizer->Step(0.01);
  for (size_t i = 0; i < parameters.size(); ++i) {
    const at::Tensor gradient = parameters[i].tensor.grad().to(at::kFloat);
    const at::Tensor m = at::zeros_like(gradient), v = at::zeros_like(gradient);
    at::_fused_adamw_({masters[i]}, {gradient}, {m}, {v}, {}, {at::ones({})}, 0.01, spec.beta1,
                      spec.beta2, spec.weight_decay, spec.epsilon, false, false);
    const std::vector<at::Tensor> state = optimizer->StateOf(i);
    EXPECT_TRUE(state[0].equal(m));
    EXPECT_TRUE(state[1].equal(v));
    EXPECT_EQ(state[2].item<float>(), 1);
    EXPECT_TRUE(state[3].equal(masters[i]));
    EXPECT_TRUE(parameters[i].tensor.equal(masters[i].to(at::kBFloat16)));
  }
}

// The transient is a slice of gradients, not 4 bytes for each of the parameters; beside it,
// scalars.
TEST(AdamW, ConvertsASliceOfLowPrecisionGradientsAtATime) {
  InstallTensorMemoryCounter();
  const auto parameters = LargeBf16Parameters();
  const auto optimizer = MakeOptimizer(Spec(), WholePieces(parameters));
  ResetPeakTensorBytes(at::kCPU);
  const int64_t before = ReadTensorBytes(at::kCPU)->now;
  optimizer->Step(0.01);
  const int64_t transient = ReadTensorBytes(at::kCPU)->peak - before;
  constexpr auto kSliceBytes = static_cast<int64_t>(sizeof(float)) * kMostConverted;
  EXPECT_GE(transient, kSliceBytes);
  EXPECT_LE(transient, kSliceBytes + 1024);
}

TEST(AdamW, SkipsParametersWithoutAGradient) {
  NamedTensor used{"a", at::ones({2, 2}).set_requires_grad(true)};
  NamedTensor unused{"b", at::ones({2, 2}).set_requires_grad(true)};
  const auto optimizer = MakeOptimizer(Spec(), WholePieces({used, unused}));
  used.tensor.mutable_grad() = at::ones({2, 2});
  optimizer->Step(0.1);
  EXPECT_TRUE(unused.tensor.equal(at::ones({2, 2})));
  EXPECT_FALSE(used.tensor.equal(at::ones({2, 2})));
}

TEST(AdamW, KeepsTwoMomentsOfThePiecesShapeAndACount) {
  NamedTensor matrix{"w", at::zeros({2, 3}).set_requires_grad(true)};
  const auto optimizer = MakeOptimizer(Spec(), WholePieces({matrix}));
  const std::vector<StateKind> kinds = optimizer->StateKinds(at::kFloat);
  ASSERT_EQ(kinds.size(), 3u);
  EXPECT_EQ(kinds[0].name, "exp_avg");
  EXPECT_EQ(kinds[1].name, "exp_avg_sq");
  EXPECT_EQ(kinds[2].name, "step");
  EXPECT_EQ(optimizer->StateOf(0)[1].sizes(), at::IntArrayRef({2, 3}));
  EXPECT_EQ(optimizer->StateOf(0)[2].dim(), 0);
}

TEST(WholePieces, LeavesOutWhatIsFrozenOrEmpty) {
  const auto pieces = WholePieces({{"frozen", at::ones({2, 2})},
                                   {"empty", at::ones({0, 2}).set_requires_grad(true)},
                                   {"trained", at::ones({3}).set_requires_grad(true)}});
  ASSERT_EQ(pieces.size(), 1u);
  EXPECT_EQ(pieces[0].name, "trained");
}

TEST(ClipGradients, ScalesToTheBoundAndReturnsTheNormBefore) {
  NamedTensor a{"a", at::zeros({1}).set_requires_grad(true)};
  NamedTensor b{"b", at::zeros({1}).set_requires_grad(true)};
  a.tensor.mutable_grad() = at::full({1}, 3.0);
  b.tensor.mutable_grad() = at::full({1}, 4.0);
  EXPECT_DOUBLE_EQ(ClipGradients({a, b}, 1.0), 5.0);
  EXPECT_NEAR(a.tensor.grad().item<float>(), 0.6, 1e-6);
  EXPECT_NEAR(b.tensor.grad().item<float>(), 0.8, 1e-6);
}

TEST(ClipGradients, LeavesSmallOrUnboundedGradientsAlone) {
  NamedTensor a{"a", at::zeros({1}).set_requires_grad(true)};
  a.tensor.mutable_grad() = at::full({1}, 3.0);
  EXPECT_DOUBLE_EQ(ClipGradients({a}, 3.5), 3.0);
  EXPECT_DOUBLE_EQ(ClipGradients({a}, 0), 3.0);
  EXPECT_EQ(a.tensor.grad().item<float>(), 3.0f);
}

}  // namespace
}  // namespace bench::harness
