#include "kernels/rms_norm.h"

#include "tests/kernels/testing.h"

namespace bench::kernels {
namespace {

constexpr double kEps = 1e-5;

at::Tensor Fused(const std::vector<at::Tensor>& in) { return RmsNorm(in[0], in[1], kEps); }
at::Tensor Reference(const std::vector<at::Tensor>& in) {
  return RmsNormReference(in[0], in[1], kEps);
}

class RmsNormSizes : public testing::TestWithParam<int64_t> {};

TEST_P(RmsNormSizes, MatchesReferenceInDoubleWithGradients) {
  const int64_t n = GetParam();
  // From 2: at width 1 the gradient of x is what remains of a total cancellation.
  for (const int64_t width : {2, 31, 33, 257}) {
    // Forward: square, sum, rsqrt, two products; the weight's gradient sums over n rows.
    ExpectMatches(Fused, Reference, {Random({n, width}, 1), Random({width}, 2)},
                  Tolerance(std::max(n, width), 8));
  }
}
INSTANTIATE_TEST_SUITE_P(, RmsNormSizes, testing::Values(1, 31, 33, 257));

TEST(RmsNorm, HandComputedRow) {
  // mean(x^2) = (9 + 16) / 2 = 12.5; x / sqrt(12.5) * w, w = (2, 1).
  const at::Tensor y = RmsNorm(at::tensor({3.0F, 4.0F}).view({1, 2}), at::tensor({2.0F, 1.0F}), 0);
  EXPECT_NEAR(y[0][0].item<double>(), 6 / std::sqrt(12.5), 1e-6);
  EXPECT_NEAR(y[0][1].item<double>(), 4 / std::sqrt(12.5), 1e-6);
}

TEST(RmsNorm, GradientsMatchFiniteDifferences) {
  const std::vector<at::Tensor> inputs = {Random({5, 9}, 3), Random({9}, 4)};
  ExpectFiniteDifferences(Fused, inputs, 0);
  ExpectFiniteDifferences(Fused, inputs, 1);
}

TEST(RmsNorm, RepeatsBitwiseOnAnyThreadCount) {
  const std::vector<at::Tensor> inputs = {Random({257, 288}, 5), Random({288}, 6)};
  ExpectRepeats(Fused, inputs);
  ExpectSameOnOneThread(Fused, inputs);
}

TEST(RmsNorm, ZeroRowsGiveZeroWeightGradient) {
  const Evaluation result = Evaluate(Fused, {at::zeros({0, 4}), at::ones({4})}, at::kFloat);
  EXPECT_EQ(result.output.size(0), 0);
  EXPECT_TRUE(at::equal(result.gradients[1], at::zeros({4})));
}

TEST(RmsNorm, RejectsWeightOfAnotherWidthOrType) {
  EXPECT_THROW(RmsNorm(at::zeros({2, 3}), at::zeros({4}), kEps), c10::Error);
  EXPECT_THROW(RmsNorm(at::zeros({6}), at::zeros({6}), kEps), c10::Error);
  EXPECT_THROW(RmsNorm(at::zeros({2, 3}), at::zeros({3}, at::kDouble), kEps), c10::Error);
}

}  // namespace
}  // namespace bench::kernels
