#include "harness/stages/reward/loss.h"

#include <cmath>
#include <limits>

#include "gtest/gtest.h"

namespace bench::harness {
namespace {

const at::TensorOptions kDouble(at::kDouble);

TEST(PairLossSum, IsTheFormula) {
  const PairRewards rewards = {at::tensor({1.5, -0.5}, kDouble), at::tensor({0.5, 1.0}, kDouble)};
  // d = 1, -1.5; sums 2, 0.5.
  const double plain = std::log1p(std::exp(-1.0)) + std::log1p(std::exp(1.5));
  EXPECT_NEAR(PairLossSum(rewards, {}).item<double>(), plain, 1e-15);
  const double both = std::log1p(std::exp(-0.75)) + std::log1p(std::exp(1.75)) + 0.01 * (4 + 0.25);
  EXPECT_NEAR(PairLossSum(rewards, {.margin = 0.25, .centering = 0.01}).item<double>(), both,
              1e-15);
}

TEST(PairLossSum, GradientsAreThoseOfCentralDifferences) {
  for (const RewardLossSpec spec : {RewardLossSpec{}, RewardLossSpec{0.25, 0.01}}) {
    const at::Tensor chosen = at::tensor({1.5, -0.5, 3.0}, kDouble).set_requires_grad(true);
    const at::Tensor rejected = at::tensor({0.5, 1.0, 3.0}, kDouble).set_requires_grad(true);
    const auto loss = [&] { return PairLossSum({chosen, rejected}, spec); };
    loss().backward();
    const at::NoGradGuard no_grad;
    constexpr double kStep = 1e-5;
    for (at::Tensor tensor : {chosen, rejected}) {
      double* values = tensor.mutable_data_ptr<double>();
      for (int64_t i = 0; i < 3; ++i) {
        const double value = values[i];
        values[i] = value + kStep;
        const double above = loss().item<double>();
        values[i] = value - kStep;
        const double below = loss().item<double>();
        values[i] = value;
        // Truncation kStep^2 / 6 x at most 0.1, rounding 1e-15 / kStep.
        EXPECT_NEAR(tensor.grad()[i].item<double>(), (above - below) / (2 * kStep), 1e-9);
      }
    }
  }
}

TEST(PairLossSum, StaysFiniteForFarApartRewards) {
  const PairRewards rewards = {at::tensor({-1e4F, 1e4F}), at::tensor({1e4F, -1e4F})};
  EXPECT_EQ(PairLossSum(rewards, {}).item<double>(), 2e4);
}

TEST(PairLossSum, WithoutCenteringOnlyTheDifferenceCounts) {
  const at::Tensor chosen = at::tensor({1.5, -0.5}, kDouble);
  const at::Tensor rejected = at::tensor({0.5, 1.0}, kDouble);
  const auto shifted = [&](const RewardLossSpec& spec) {
    return PairLossSum({chosen + 8, rejected + 8}, spec).item<double>() -
           PairLossSum({chosen, rejected}, spec).item<double>();
  };
  EXPECT_EQ(shifted({.margin = 0.5}), 0);
  // (s + 16)^2 - s^2 = 32 s + 256 for s = 2 and 1/2.
  EXPECT_NEAR(shifted({.centering = 0.5}), 0.5 * (32 * 2.5 + 512), 1e-12);
}

}  // namespace
}  // namespace bench::harness
