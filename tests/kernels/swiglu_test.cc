#include "kernels/swiglu.h"

#include "tests/kernels/testing.h"

namespace bench::kernels {
namespace {

at::Tensor Fused(const std::vector<at::Tensor>& in) { return SwiGlu(in[0], in[1]); }
at::Tensor Reference(const std::vector<at::Tensor>& in) { return SwiGluReference(in[0], in[1]); }

TEST(SwiGlu, MatchesReferenceInDoubleWithGradients) {
  for (const int64_t n : {1, 31, 33, 257}) {
    for (const int64_t width : {1, 31, 33, 257}) {
      ExpectMatches(Fused, Reference, {Random({n, width}, 1) * 4, Random({n, width}, 2)},
                    Tolerance(1, 6));  // elementwise: six operations, no sums
    }
  }
}

TEST(SwiGlu, HandComputedValues) {
  // silu(0) = 0; silu(ln 3) = ln 3 * 3 / 4.
  const at::Tensor y = SwiGlu(at::tensor({0.0F, std::log(3.0F)}).view({1, 2}),
                              at::tensor({5.0F, 2.0F}).view({1, 2}));
  EXPECT_EQ(y[0][0].item<float>(), 0.0F);
  EXPECT_NEAR(y[0][1].item<double>(), std::log(3.0) * 1.5, 1e-6);
}

TEST(SwiGlu, SaturatesWithoutOverflow) {
  const at::Tensor gate = at::tensor({-1000.0F, 1000.0F}).view({1, 2});
  const Evaluation result = Evaluate(Fused, {gate, at::ones({1, 2})}, at::kFloat);
  EXPECT_NEAR(result.output[0][0].item<double>(), 0, 1e-30);
  EXPECT_EQ(result.output[0][1].item<float>(), 1000.0F);
  EXPECT_TRUE(at::isfinite(result.gradients[0]).all().item<bool>());
}

TEST(SwiGlu, GradientsMatchFiniteDifferences) {
  const std::vector<at::Tensor> inputs = {Random({5, 9}, 3), Random({5, 9}, 4)};
  ExpectFiniteDifferences(Fused, inputs, 0);
  ExpectFiniteDifferences(Fused, inputs, 1);
}

TEST(SwiGlu, RepeatsBitwiseOnAnyThreadCount) {
  const std::vector<at::Tensor> inputs = {Random({521, 257}, 5), Random({521, 257}, 6)};
  ExpectRepeats(Fused, inputs);
  ExpectSameOnOneThread(Fused, inputs);
}

TEST(SwiGlu, RejectsDifferentShapesOrTypes) {
  EXPECT_THROW(SwiGlu(at::zeros({2, 3}), at::zeros({2, 4})), c10::Error);
  EXPECT_THROW(SwiGlu(at::zeros({6}), at::zeros({6})), c10::Error);
  EXPECT_THROW(SwiGlu(at::zeros({2, 3}), at::zeros({2, 3}, at::kDouble)), c10::Error);
}

}  // namespace
}  // namespace bench::kernels
