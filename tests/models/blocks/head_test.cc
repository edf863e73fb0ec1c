#include "models/blocks/head.h"

#include <gtest/gtest.h>

#include "kernels/linear_cross_entropy.h"
#include "tests/models/testing.h"

namespace bench::models {
namespace {

DecoderConfig Untied() {
  DecoderConfig config = TinyConfig();
  config.tie_embeddings = false;
  return config;
}

Head HeadOf(const DecoderConfig& config, const at::Tensor& weight_VD, const at::Tensor& bias_V) {
  const ParameterSource source = [&](const ParameterSpec& spec) {
    return spec.name == "bias" ? bias_V : weight_VD;
  };
  return Head(config, weight_VD, ParameterScope(source));
}

TEST(Head, ABiasIsAddedToLogitsAndReachesTheLoss) {
  DecoderConfig config = Untied();
  config.biases.head = true;
  const at::Tensor weight_VD = at::randn({53, 24}, Seeded(1), at::kDouble);
  const at::Tensor bias_V = at::randn({53}, Seeded(2), at::kDouble).set_requires_grad(true);
  const at::Tensor hidden_MD = at::randn({5, 24}, Seeded(3), at::kDouble);
  const Head head = HeadOf(config, weight_VD, bias_V);
  const at::Tensor logits_MV = at::matmul(hidden_MD, weight_VD.t()) + bias_V;
  EXPECT_LE(RelativeError(head.Logits(hidden_MD), logits_MV), 1e-14);
  const at::AutoGradMode grad(true);
  const at::Tensor targets_M = at::arange(5);
  kernels::LinearCrossEntropySum(head.Input(hidden_MD), head.Weight(at::kDouble), targets_M)
      .backward();
  // The gradient of a bias is the sum of softmax minus one-hot.
  at::Tensor expected = at::softmax(logits_MV.detach(), -1).sum(0);
  expected.narrow(0, 0, 5).sub_(1);
  EXPECT_LE(RelativeError(bias_V.grad(), expected), 1e-6);
}

TEST(Head, NormalisedRowsHaveLengthOneAndZeroRowsStayZero) {
  DecoderConfig config = Untied();
  config.normalised_head = true;
  at::Tensor weight_VD = at::randn({53, 24}, Seeded(1), at::kDouble);
  weight_VD[7].zero_();
  const at::Tensor norms_V =
      HeadOf(config, weight_VD, {}).Weight(at::kDouble).square().sum(1).sqrt();
  EXPECT_EQ(norms_V[7].item<double>(), 0);
  EXPECT_NEAR(norms_V.sum().item<double>(), 52, 1e-12);
}

}  // namespace
}  // namespace bench::models
