#include "kernels/linear.h"

#include "tests/kernels/testing.h"

namespace bench::kernels {
namespace {

at::Tensor Fused(const std::vector<at::Tensor>& in) { return Linear(in[0], in[1]); }
at::Tensor Reference(const std::vector<at::Tensor>& in) { return LinearReference(in[0], in[1]); }

TEST(Linear, MatchesReferenceInDoubleWithGradients) {
  for (const int64_t n : {1, 31, 33, 257}) {
    for (const int64_t out : {1, 31, 33, 257}) {
      ExpectMatches(Fused, Reference, {Random({n, 65}, 1), Random({out, 65}, 2)},
                    Tolerance(257, 1));
    }
  }
}

TEST(Linear, GradientsMatchFiniteDifferences) {
  const std::vector<at::Tensor> inputs = {Random({5, 9}, 3), Random({4, 9}, 4)};
  ExpectFiniteDifferences(Fused, inputs, 0);
  ExpectFiniteDifferences(Fused, inputs, 1);
}

TEST(Linear, OnlyWantedGradientsAreComputed) {
  const at::AutoGradMode grad(true);
  const at::Tensor x = Random({70, 4}, 1), w = Random({3, 4}, 2).set_requires_grad(true);
  Linear(x, w).sum().backward();
  EXPECT_FALSE(x.grad().defined());
  EXPECT_TRUE(at::allclose(w.grad(), x.sum(0).expand({3, 4}), 1e-4, 1e-5));
}

TEST(Linear, RepeatsBitwise) { ExpectRepeats(Fused, {Random({257, 96}, 5), Random({130, 96}, 6)}); }

TEST(Linear, RejectsWhatDoesNotFit) {
  EXPECT_THROW(Linear(at::zeros({2, 3}), at::zeros({4, 2})), c10::Error);
  EXPECT_THROW(Linear(at::zeros({3}), at::zeros({4, 3})), c10::Error);
  EXPECT_THROW(Linear(at::zeros({2, 3}), at::zeros({4, 3}, at::kDouble)), c10::Error);
}

}  // namespace
}  // namespace bench::kernels
