#include "kernels/linear_cross_entropy.h"

#include "tests/kernels/testing.h"

namespace bench::kernels {
namespace {

at::Tensor Targets(int64_t rows, int64_t vocab_size) {
  return at::randint(0, vocab_size, {rows}, at::detail::createCPUGenerator(5),
                     at::TensorOptions(at::kLong));
}

TensorFunction Fused(const at::Tensor& targets) {
  return [targets](const std::vector<at::Tensor>& in) {
    return LinearCrossEntropy(in[0], in[1], targets).loss_sum;
  };
}

TensorFunction Reference(const at::Tensor& targets) {
  return [targets](const std::vector<at::Tensor>& in) {
    return LinearCrossEntropyReference(in[0], in[1], targets).loss_sum;
  };
}

TEST(LinearCrossEntropy, MatchesReferenceInDoubleWithGradients) {
  for (const int64_t rows : {1, 31, 33, 257}) {
    for (const int64_t vocab_size : {1, 31, 33, 257}) {
      const at::Tensor targets = Targets(rows, vocab_size);
      ExpectMatches(Fused(targets), Reference(targets),
                    {Random({rows, 24}, 1), Random({vocab_size, 24}, 2)}, Tolerance(257, 4));
    }
  }
}

// 40,000 words leave 52 rows a block: three blocks, the last one partial.
TEST(LinearCrossEntropy, SeveralBlocksMatchReference) {
  const at::Tensor targets = Targets(130, 40000);
  ExpectMatches(Fused(targets), Reference(targets), {Random({130, 8}, 1), Random({40000, 8}, 2)},
                Tolerance(130, 8));
}

TEST(LinearCrossEntropy, EqualsTorchCrossEntropyOfFullLogits) {
  const at::Tensor hidden = Random({33, 16}, 3), weight = Random({97, 16}, 4);
  const at::Tensor targets = Targets(33, 97);
  const at::Tensor expected = at::cross_entropy_loss(at::linear(hidden, weight).to(at::kDouble),
                                                     targets, {}, at::Reduction::Sum);
  const CrossEntropy actual = LinearCrossEntropy(hidden, weight, targets);
  EXPECT_LE(RelativeError(actual.loss_sum, expected), Tolerance(97, 3));
  EXPECT_LE(RelativeError(actual.nll_M.sum(), expected), Tolerance(97, 3));
}

TEST(LinearCrossEntropy, IncomingGradientScales) {
  const at::AutoGradMode grad(true);
  const at::Tensor targets = Targets(7, 11);
  const auto gradient = [&](double factor) {
    const at::Tensor h = Random({7, 5}, 1).set_requires_grad(true);
    (LinearCrossEntropySum(h, Random({11, 5}, 2), targets) * factor).backward();
    return h.grad();
  };
  EXPECT_TRUE(at::equal(gradient(0.25), gradient(1) * 0.25));  // a power of two is exact
}

TEST(LinearCrossEntropy, SameLossWithAndWithoutGradients) {
  const at::Tensor targets = Targets(33, 31);
  const at::Tensor hidden = Random({33, 8}, 1), weight = Random({31, 8}, 2);
  const at::Tensor plain = LinearCrossEntropySum(hidden, weight, targets);
  const Evaluation training = Evaluate(Fused(targets), {hidden, weight}, at::kFloat);
  EXPECT_FALSE(plain.requires_grad());
  EXPECT_TRUE(at::equal(plain, training.output.detach()));
}

TEST(LinearCrossEntropy, CorrectMeansFirstLargest) {
  // Logits equal the weights' rows for hidden = 1: {1, 3, 3, 2}.
  const at::Tensor weight = at::tensor({1.0F, 3.0F, 3.0F, 2.0F}).view({4, 1});
  const at::Tensor targets = at::arange(4, at::kLong);
  const CrossEntropy result = LinearCrossEntropy(at::ones({4, 1}), weight, targets);
  EXPECT_TRUE(at::equal(result.correct_M, at::tensor({0, 1, 0, 0}).to(at::kBool)));
}

TEST(LinearCrossEntropy, UniformLogitsCostLogOfVocabulary) {
  const CrossEntropy result =
      LinearCrossEntropy(at::zeros({3, 4}), Random({50, 4}, 1), Targets(3, 50));
  EXPECT_NEAR(result.loss_sum.item<double>(), 3 * std::log(50.0), 1e-5);
}

TEST(LinearCrossEntropy, LargeLogitsStayFinite) {
  const at::Tensor targets = Targets(5, 9);
  const Evaluation result =
      Evaluate(Fused(targets), {Random({5, 4}, 1) * 1e4, Random({9, 4}, 2) * 1e3}, at::kFloat);
  EXPECT_TRUE(at::isfinite(result.output).item<bool>());
  EXPECT_TRUE(at::isfinite(result.gradients[0]).all().item<bool>());
}

TEST(LinearCrossEntropy, NoRowsCostNothingAndHaveZeroGradients) {
  const Evaluation result = Evaluate(Fused(at::empty({0}, at::kLong)),
                                     {at::empty({0, 4}), Random({9, 4}, 1)}, at::kFloat);
  EXPECT_EQ(result.output.item<float>(), 0.0F);
  EXPECT_TRUE(at::equal(result.gradients[1], at::zeros({9, 4})));
}

TEST(LinearCrossEntropy, GradientsMatchFiniteDifferences) {
  const at::Tensor targets = Targets(6, 13);
  const std::vector<at::Tensor> inputs = {Random({6, 5}, 1), Random({13, 5}, 2)};
  ExpectFiniteDifferences(Fused(targets), inputs, 0);
  ExpectFiniteDifferences(Fused(targets), inputs, 1);
}

TEST(LinearCrossEntropy, RepeatsBitwise) {
  const at::Tensor targets = Targets(257, 513);
  ExpectRepeats(Fused(targets), {Random({257, 64}, 1), Random({513, 64}, 2)});
}

TEST(LinearCrossEntropy, SecondBackwardIsRefused) {
  const at::AutoGradMode grad(true);
  const at::Tensor h = Random({3, 4}, 1).set_requires_grad(true);
  const at::Tensor loss = LinearCrossEntropySum(h, Random({5, 4}, 2), Targets(3, 5));
  loss.backward({}, /*retain_graph=*/true);
  EXPECT_THROW(loss.backward(), c10::Error);
}

TEST(LinearCrossEntropy, RejectsWrongShapesAndTargets) {
  const at::Tensor h = at::zeros({3, 4}), w = at::zeros({5, 4});
  EXPECT_THROW(LinearCrossEntropy(h, at::zeros({5, 3}), Targets(3, 5)), c10::Error);
  EXPECT_THROW(LinearCrossEntropy(h, w, Targets(2, 5)), c10::Error);
  EXPECT_THROW(LinearCrossEntropy(h, w, at::full({3}, 5, at::kLong)), c10::Error);
  EXPECT_THROW(LinearCrossEntropy(h, w, at::full({3}, -100, at::kLong)), c10::Error);
  EXPECT_THROW(LinearCrossEntropy(h, w, at::zeros({3})), c10::Error);
}

// Products round to bf16; the softmax, the sum and the weight's gradient over blocks do not.
TEST(LinearCrossEntropy, Bf16LosesNothingButTheRoundingOfLogits) {
  constexpr double kBf16Roundoff = 1.0 / 512;
  constexpr int64_t kRows = 100, kVocab = 70'000;  // 8 MiB of logits hold 32 rows: four blocks
  const at::AutoGradMode grad(true);
  const at::Tensor targets = at::randint(0, kVocab, {kRows}, at::detail::createCPUGenerator(4),
                                         at::TensorOptions(at::kLong));
  const auto run = [&](at::ScalarType type, bool fused) {
    const at::Tensor hidden =
        Random({kRows, 16}, 1).to(at::kBFloat16).to(type).set_requires_grad(true);
    const at::Tensor weight =
        Random({kVocab, 16}, 2).to(at::kBFloat16).to(type).set_requires_grad(true);
    const CrossEntropy result = fused ? LinearCrossEntropy(hidden, weight, targets)
                                      : LinearCrossEntropyReference(hidden, weight, targets);
    result.loss_sum.backward();
    return std::vector<at::Tensor>{result.loss_sum.detach().view({1}), result.nll_M, hidden.grad(),
                                   weight.grad()};
  };
  const auto actual = run(at::kBFloat16, true), expected = run(at::kDouble, false);
  EXPECT_EQ(actual[0].scalar_type(), at::kFloat);
  EXPECT_EQ(actual[1].scalar_type(), at::kFloat);
  EXPECT_EQ(actual[3].scalar_type(), at::kBFloat16);
  // A logit of standard deviation 4 rounds by up to 2^-9 of it; so does its share of the NLL.
  EXPECT_LE(RelativeError(actual[1], expected[1]), 2 * kBf16Roundoff);
  EXPECT_LE(RelativeError(actual[0], expected[0]), kBf16Roundoff);  // such errors average out
  // The logits' rounding, that of the gradient of logits, the product's.
  for (const size_t i : {2, 3}) EXPECT_LE(RelativeError(actual[i], expected[i]), 6 * kBf16Roundoff);
}

}  // namespace
}  // namespace bench::kernels
