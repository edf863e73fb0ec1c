#include "harness/stages/ppo/loss.h"

#include <ATen/CPUGeneratorImpl.h>

#include <cmath>
#include <functional>
#include <limits>

#include "tests/harness/stages/ppo/golden.h"

namespace bench::harness {
namespace {

const at::TensorOptions kDouble(at::kDouble);

at::Tensor Doubles(const std::vector<double>& values) { return at::tensor(values, kDouble); }

double Mean(const at::Tensor& values) { return values.to(at::kDouble).mean().item<double>(); }

TEST(PpoLoss, PolicyTermsAreThoseOfAPaddedPythonTrainer) {
  for (const PpoGolden& golden : PpoGolden::Load()) {
    const at::Tensor log_probs = golden.Vector("log_probs").set_requires_grad(true);
    const PolicyTerms terms = PolicyLossTerms(log_probs, golden.Vector("old_log_probs"),
                                              golden.Vector("advantages"), golden.settings());
    terms.loss_R.mean().backward();
    EXPECT_NEAR(Mean(terms.loss_R), golden.Number("policy_loss"), kGoldenTolerance);
    ExpectNear(log_probs.grad(), golden.Vector("policy_gradient"), kGoldenTolerance, "gradient");
    EXPECT_NEAR(Mean(terms.clipped_R), golden.Number("clip_fraction"), kGoldenTolerance);
    EXPECT_NEAR(Mean(terms.log_ratio_R.square() / 2), golden.Number("approx_kl"), kGoldenTolerance);
    EXPECT_NEAR(Mean(terms.ratio_R), golden.Number("ratio"), kGoldenTolerance);
    EXPECT_NEAR(terms.ratio_R.var(true).item<double>(), golden.Number("ratio_variance"),
                kGoldenTolerance);
  }
}

TEST(PpoLoss, ValueTermsAreThoseOfAPaddedPythonTrainer) {
  for (const PpoGolden& golden : PpoGolden::Load()) {
    const at::Tensor values = golden.Vector("values").set_requires_grad(true);
    const ValueTerms terms = ValueLossTerms(
        values, {golden.Vector("old_values"), golden.Vector("returns")}, golden.settings());
    terms.loss_R.mean().backward();
    EXPECT_NEAR(Mean(terms.loss_R), golden.Number("value_loss"), kGoldenTolerance);
    ExpectNear(values.grad(), golden.Vector("value_gradient"), kGoldenTolerance, "gradient");
    EXPECT_NEAR(Mean(terms.clipped_R), golden.Number("value_clip_fraction"), kGoldenTolerance);
  }
}

// rho = 1.5, 0.5, 1.5, 0.5 with A = +, -, -, +: the first two would gain by going further, and have
// no gradient; the others lose what they gained wrongly, without a limit.
TEST(PpoLoss, ClippedRegionHasExactlyNoGradientAndTheOtherSideHasAll) {
  const at::Tensor log_probs = Doubles({1.5, 0.5, 1.5, 0.5}).log().set_requires_grad(true);
  const PolicyTerms terms =
      PolicyLossTerms(log_probs, at::zeros({4}, kDouble), Doubles({2, -2, -2, 2}), {});
  terms.loss_R.sum().backward();
  EXPECT_EQ(log_probs.grad()[0].item<double>(), 0);
  EXPECT_EQ(log_probs.grad()[1].item<double>(), 0);
  EXPECT_NEAR(log_probs.grad()[2].item<double>(), 2 * 1.5, 1e-15);   // -A rho
  EXPECT_NEAR(log_probs.grad()[3].item<double>(), -2 * 0.5, 1e-15);  // -A rho
  EXPECT_TRUE(at::equal(terms.clipped_R, at::tensor({1, 1, 0, 0}).to(at::kBool)));
  ExpectNear(terms.loss_R.detach(), Doubles({-2 * 1.2, 2 * 0.8, 2 * 1.5, -2 * 0.5}), 1e-15, "loss");
}

TEST(PpoLoss, ClippedValueHasExactlyNoGradient) {
  // V_old = 0: V = 1 moved towards R = 5 beyond the clip; V = 1 moved away from R = -5; V = 0.1.
  const at::Tensor values = Doubles({1, 1, 0.1}).set_requires_grad(true);
  const ValueTerms terms =
      ValueLossTerms(values, {at::zeros({3}, kDouble), Doubles({5, -5, 5})}, {});
  terms.loss_R.sum().backward();
  EXPECT_EQ(values.grad()[0].item<double>(), 0);
  EXPECT_EQ(values.grad()[1].item<double>(), 6);
  EXPECT_NEAR(values.grad()[2].item<double>(), 0.1 - 5, 1e-15);
}

// At the first step nothing has moved: ratio 1, the gradient is that of -A log pi, in fp32 too.
TEST(PpoLoss, WithoutADifferenceTheRatioIsOneAndTheGradientIsThePolicyGradient) {
  const at::Tensor log_probs = at::tensor({-1.5F, -0.25F, -7.0F}).set_requires_grad(true);
  const at::Tensor advantages = at::tensor({2.0F, -3.0F, 0.0F});
  const PolicyTerms terms = PolicyLossTerms(log_probs, log_probs.detach(), advantages, {});
  terms.loss_R.sum().backward();
  EXPECT_TRUE(at::equal(terms.ratio_R, at::ones({3})));
  EXPECT_TRUE(at::equal(terms.log_ratio_R, at::zeros({3})));
  EXPECT_TRUE(at::equal(log_probs.grad(), -advantages));
  EXPECT_FALSE(terms.clipped_R.any().item<bool>());
}

TEST(PpoLoss, ValueClipOfZeroIsNoClipping) {
  PpoSettings settings;
  settings.value_clip = 0;
  const at::Tensor values = Doubles({3}).set_requires_grad(true);
  const ValueTerms terms = ValueLossTerms(values, {Doubles({0}), Doubles({5})}, settings);
  terms.loss_R.sum().backward();
  EXPECT_EQ(terms.loss_R.item<double>(), 2);
  EXPECT_EQ(values.grad().item<double>(), -2);
}

TEST(PpoLoss, ClampKeepsAFarRatioFinite) {
  PpoSettings settings;
  const auto loss = [&] {
    return PolicyLossTerms(at::tensor({0.0F}), at::tensor({-200.0F}), at::tensor({-1.0F}), settings)
        .loss_R.item<float>();
  };
  EXPECT_EQ(loss(), std::numeric_limits<float>::infinity());
  settings.log_ratio_clamp = 20;
  EXPECT_NEAR(loss(), std::exp(20.0), 100);
}

// Of the mean over all tokens, away from the kinks.
void ExpectCentralDifferences(const at::Tensor& at_point,
                              const std::function<at::Tensor(const at::Tensor&)>& loss) {
  const at::Tensor point = at_point.clone().set_requires_grad(true);
  loss(point).mean().backward();
  const at::NoGradGuard no_grad;
  constexpr double kStep = 1e-6;
  for (int64_t i = 0; i < point.numel(); ++i) {
    const auto shifted = [&](double by) {
      at::Tensor moved = at_point.clone();
      moved[i] += by;
      return loss(moved).mean().item<double>();
    };
    // Truncation kStep^2 x a third derivative of about 10; rounding 1e-15 / kStep.
    EXPECT_NEAR(point.grad()[i].item<double>(), (shifted(kStep) - shifted(-kStep)) / (2 * kStep),
                1e-8)
        << i;
  }
}

TEST(PpoLoss, GradientsAreThoseOfCentralDifferences) {
  for (const PpoGolden& golden : PpoGolden::Load()) {
    ExpectCentralDifferences(golden.Vector("log_probs"), [&](const at::Tensor& log_probs) {
      return PolicyLossTerms(log_probs, golden.Vector("old_log_probs"), golden.Vector("advantages"),
                             golden.settings())
          .loss_R;
    });
    ExpectCentralDifferences(golden.Vector("values"), [&](const at::Tensor& values) {
      return ValueLossTerms(values, {golden.Vector("old_values"), golden.Vector("returns")},
                            golden.settings())
          .loss_R;
    });
  }
}

// log ref - log pi = ln 2: 2 - 1 - ln 2, of gradient 1 - 2; where both are equal both are 0.
TEST(PpoLoss, TheKlTermIsK3WithItsOwnGradient) {
  const double ln2 = std::log(2.0);
  const at::Tensor log_probs = at::tensor({-1.0 - ln2, -1.0}, at::kDouble).set_requires_grad(true);
  const at::Tensor kl = KlLossTerms(log_probs, at::tensor({-1.0, -1.0}, at::kDouble));
  EXPECT_NEAR(kl[0].item<double>(), 1 - ln2, 1e-15);
  EXPECT_EQ(kl[1].item<double>(), 0);
  kl.sum().backward();
  EXPECT_NEAR(log_probs.grad()[0].item<double>(), -1, 1e-15);
  EXPECT_EQ(log_probs.grad()[1].item<double>(), 0);
  for (const PpoGolden& golden : PpoGolden::Load()) {
    ExpectCentralDifferences(golden.Vector("log_probs"), [&](const at::Tensor& values) {
      return KlLossTerms(values, golden.Vector("ref_log_probs"));
    });
  }
}

}  // namespace
}  // namespace bench::harness
