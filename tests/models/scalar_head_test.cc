#include "models/scalar_head.h"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/models/testing.h"

namespace bench::models {
namespace {

using testing::HasSubstr;

ScalarHead MakeHead(int64_t hidden_size, at::ScalarType dtype = at::kFloat) {
  return ScalarHead::Create(hidden_size, Seeded(3), at::TensorOptions().dtype(dtype));
}

TEST(ScalarHead, StartsWithVarianceOneOverWidthPlusOneAndNoBias) {
  constexpr int64_t kWidth = 10000;
  const ScalarHead head = MakeHead(kWidth);
  const double mean_square = head.weight_1D().square().mean().item<double>();
  // Of kWidth squared normals the relative standard deviation is sqrt(2 / kWidth); five of them.
  EXPECT_NEAR(mean_square * (kWidth + 1), 1, 5 * std::sqrt(2.0 / kWidth));
  EXPECT_EQ(head.bias(), 0);
  EXPECT_EQ(head.parameters()[0].name, "score.weight");
  EXPECT_EQ(head.parameters()[1].name, "score.bias");
  EXPECT_TRUE(head.weight_1D().equal(MakeHead(kWidth).weight_1D()));
}

TEST(ScalarHead, ScoresAreTheDotProductsPlusTheBias) {
  const auto head =
      ScalarHead::FromWeights(at::tensor({1.0F, -2.0F, 0.5F}).view({1, 3}), 0.25, 3, at::kFloat);
  ASSERT_TRUE(head.ok()) << head.status();
  const at::Tensor hidden_MD = at::tensor({1.0F, 1.0F, 2.0F, 0.0F, -1.0F, 4.0F}).view({2, 3});
  // 1 - 2 + 1 + 1/4 and 2 + 2 + 1/4: exact.
  EXPECT_TRUE(head->Score(hidden_MD).equal(at::tensor({0.25F, 4.25F})));
}

TEST(ScalarHead, ARowsScoreDoesNotDependOnTheOthersBitForBit) {
  const ScalarHead head = MakeHead(173);
  const at::Tensor hidden_MD = at::randn({130, 173}, Seeded(4));
  const at::Tensor scores_M = head.Score(hidden_MD);
  for (const int64_t row : {0, 64, 129}) {
    EXPECT_TRUE(head.Score(hidden_MD.narrow(0, row, 1)).equal(scores_M.narrow(0, row, 1))) << row;
  }
}

// Products of bf16 numbers are exact in fp32, and sums of 173 of them round as fp32 does.
TEST(ScalarHead, ScoresOfBf16StatesAreFp32) {
  const ScalarHead head = MakeHead(173, at::kBFloat16);
  const at::Tensor hidden_MD = at::randn({130, 173}, Seeded(4)).to(at::kBFloat16);
  const at::Tensor scores_M = head.Score(hidden_MD);
  EXPECT_EQ(scores_M.scalar_type(), at::kFloat);
  const at::Tensor expected_M =
      (hidden_MD.to(at::kDouble) * head.weight_1D().to(at::kDouble)).sum(1);
  EXPECT_LE(RelativeError(scores_M, expected_M), 8 * kUnitRoundoff * std::sqrt(173.0));
  // So are those of parameters that are fp32 beside bf16 states, as autocast has them.
  const ScalarHead copy = head.CopyIn(at::kFloat);
  EXPECT_EQ(copy.weight_1D().scalar_type(), at::kFloat);
  EXPECT_NE(copy.weight_1D().data_ptr(), head.weight_1D().data_ptr());
  EXPECT_TRUE(copy.Score(hidden_MD).equal(scores_M));
}

TEST(ScalarHead, GradientsAreThoseOfCentralDifferences) {
  const ScalarHead head = MakeHead(5, at::kDouble);
  const at::Tensor hidden_MD =
      at::randn({3, 5}, Seeded(5), at::TensorOptions(at::kDouble)).set_requires_grad(true);
  const auto loss = [&] { return head.Score(hidden_MD).sin().sum(); };
  loss().backward();
  const at::NoGradGuard no_grad;
  constexpr double kStep = 1e-5;
  for (at::Tensor parameter : {hidden_MD, head.weight_1D(), head.parameters()[1].tensor}) {
    double* values = parameter.mutable_data_ptr<double>();
    for (int64_t i = 0; i < parameter.numel(); ++i) {
      const double value = values[i];
      values[i] = value + kStep;
      const double above = loss().item<double>();
      values[i] = value - kStep;
      const double below = loss().item<double>();
      values[i] = value;
      // Truncation kStep^2 / 6 x a third derivative of about 10, rounding 1e-16 / kStep: under
      // 1e-9.
      EXPECT_NEAR(parameter.grad().flatten()[i].item<double>(), (above - below) / (2 * kStep),
                  1e-8);
    }
  }
}

TEST(ScalarHead, RefusesAHeadOfAnotherShape) {
  for (const at::Tensor& weight :
       {at::zeros({2, 3}), at::zeros({1, 4}), at::zeros({3}), at::zeros({1, 3}, at::kLong)}) {
    const auto head = ScalarHead::FromWeights(weight, 0, 3, at::kFloat);
    EXPECT_THAT(head.status().message(), HasSubstr("score.weight is not a floating [1, 3]"));
  }
}

}  // namespace
}  // namespace bench::models
