#include "models/recompute.h"

#include <ATen/CPUGeneratorImpl.h>

#include "gtest/gtest.h"

namespace bench::models {
namespace {

struct Gradients {
  at::Tensor output, input, weight;
};

Gradients RunTwice(bool recompute, int* num_calls) {
  at::Generator generator = at::detail::createCPUGenerator(1);
  const at::Tensor x = at::randn({5, 4}, generator).set_requires_grad(true);
  const at::Tensor weight = at::randn({4, 4}, generator).set_requires_grad(true);
  const Block block = [&](const at::Tensor& h) {
    ++*num_calls;
    return h + at::tanh(h.mm(weight));
  };
  const at::Tensor h = x * 2;
  const at::Tensor once = recompute ? Recompute(block, h) : block(h);
  const at::Tensor twice =
      recompute ? Recompute(block, once) : block(once);  // the weight is shared
  twice.pow(2).sum().backward();
  return {twice.detach(), x.grad(), weight.grad()};
}

TEST(Recompute, ValuesAndGradientsAreBitwiseThoseOfTheBlock) {
  int num_kept = 0;
  int num_recomputed = 0;
  const Gradients kept = RunTwice(false, &num_kept);
  const Gradients recomputed = RunTwice(true, &num_recomputed);
  EXPECT_EQ(num_kept, 2);
  EXPECT_EQ(num_recomputed, 4);
  EXPECT_TRUE(kept.output.equal(recomputed.output));
  EXPECT_TRUE(kept.input.equal(recomputed.input));
  EXPECT_TRUE(kept.weight.equal(recomputed.weight));
}

TEST(Recompute, KeepsNothingButTheInput) {
  const at::Tensor h = at::ones({2, 2}).set_requires_grad(true);
  at::Tensor inside;
  const at::Tensor out = Recompute(
      [&](const at::Tensor& x) {
        inside = at::exp(x);
        return inside * 2;
      },
      h);
  EXPECT_FALSE(inside.requires_grad());  // it is in no graph, so nothing holds it
  EXPECT_EQ(inside.use_count(), 1u);
  EXPECT_TRUE(out.requires_grad());
}

TEST(Recompute, WithoutGradientsItIsTheBlock) {
  const at::NoGradGuard no_grad;
  const at::Tensor out = Recompute([](const at::Tensor& x) { return x * 3; }, at::ones({1}));
  EXPECT_EQ(out.item<float>(), 3);
}

TEST(Recompute, RefusesAnInputThatNeedsNoGradient) {
  EXPECT_THROW(Recompute([](const at::Tensor& x) { return x; }, at::ones({1})), c10::Error);
}

}  // namespace
}  // namespace bench::models
