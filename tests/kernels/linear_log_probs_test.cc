#include "kernels/linear_log_probs.h"

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
    return LinearLogProbs(in[0], in[1], targets).log_probs_M;
  };
}

TensorFunction Reference(const at::Tensor& targets) {
  return [targets](const std::vector<at::Tensor>& in) {
    return LinearLogProbsReference(in[0], in[1], targets).log_probs_M;
  };
}

TEST(LinearLogProbs, MatchesReferenceInDoubleWithGradients) {
  for (const int64_t rows : {1, 31, 33, 257}) {
    for (const int64_t vocab_size : {2, 31, 33, 257}) {
      const at::Tensor targets = Targets(rows, vocab_size);
      ExpectMatches(Fused(targets), Reference(targets),
                    {Random({rows, 24}, 1), Random({vocab_size, 24}, 2)}, Tolerance(257, 4));
    }
  }
}

// 40,000 words leave 52 rows a block: three blocks, the last one partial.
TEST(LinearLogProbs, SeveralBlocksMatchReference) {
  const at::Tensor targets = Targets(130, 40000);
  const std::vector<at::Tensor> inputs = {Random({130, 8}, 1), Random({40000, 8}, 2)};
  ExpectMatches(Fused(targets), Reference(targets), inputs, Tolerance(40000, 4));
  const at::Tensor entropy = LinearLogProbs(inputs[0], inputs[1], targets).entropy_M;
  const at::Tensor expected =
      LinearLogProbsReference(inputs[0].to(at::kDouble), inputs[1].to(at::kDouble), targets)
          .entropy_M;
  EXPECT_LE(RelativeError(entropy, expected), Tolerance(40000, 4));
}

TEST(LinearLogProbs, IsTheNegatedCrossEntropyOfEveryRow) {
  const at::Tensor hidden = Random({33, 16}, 3), weight = Random({97, 16}, 4);
  const at::Tensor targets = Targets(33, 97);
  const at::Tensor expected = at::cross_entropy_loss(at::linear(hidden, weight).to(at::kDouble),
                                                     targets, {}, at::Reduction::None);
  const TokenLogProbs actual = LinearLogProbs(hidden, weight, targets);
  EXPECT_LE(RelativeError(-actual.log_probs_M, expected), Tolerance(97, 3));
  EXPECT_LE(RelativeError(-actual.log_probs_M, LinearCrossEntropy(hidden, weight, targets).nll_M),
            Tolerance(97, 3));
}

TEST(LinearLogProbs, EntropyOfAUniformRowIsTheLogOfTheVocabularyAndOfACertainOneZero) {
  const at::Tensor targets = at::zeros({2}, at::kLong);
  const TokenLogProbs uniform = LinearLogProbs(at::zeros({2, 4}), Random({50, 4}, 1), targets);
  for (int64_t i = 0; i < 2; ++i) {
    EXPECT_NEAR(uniform.entropy_M[i].item<double>(), std::log(50.0), 1e-5);
    EXPECT_NEAR(uniform.log_probs_M[i].item<double>(), -std::log(50.0), 1e-5);
  }
  at::Tensor weight = at::zeros({50, 1});
  weight[0] = 1.0F;
  const TokenLogProbs certain = LinearLogProbs(at::full({2, 1}, 1e4), weight, targets);
  // exp is clamped at exp(-87): 49 terms of 1e-38 x 1e4.
  EXPECT_LE(certain.entropy_M.abs().max().item<double>(), 1e-30);
  EXPECT_TRUE(at::equal(certain.log_probs_M, at::zeros({2})));
}

// A row without a gradient of its own leaves nothing in the others' and nothing in the weight's.
TEST(LinearLogProbs, ARowWhoseGradientIsZeroContributesNothing) {
  const at::AutoGradMode grad(true);
  const at::Tensor hidden = Random({3, 5}, 1), targets = Targets(3, 7);
  const auto weight_gradient = [&](const at::Tensor& h, const at::Tensor& t, const at::Tensor& g) {
    const at::Tensor weight = Random({7, 5}, 2).set_requires_grad(true);
    LinearLogProbs(h, weight, t).log_probs_M.backward(g);
    return weight.grad();
  };
  const at::Tensor masked = weight_gradient(hidden, targets, at::tensor({0.0F, 2.0F, 0.0F}));
  const at::Tensor alone =
      weight_gradient(hidden.narrow(0, 1, 1), targets.narrow(0, 1, 1), at::tensor({2.0F}));
  EXPECT_LE(RelativeError(masked, alone), Tolerance(3, 2));
}

TEST(LinearLogProbs, SameBitsWithAndWithoutGradients) {
  const at::Tensor targets = Targets(33, 31);
  const at::Tensor hidden = Random({33, 8}, 1), weight = Random({31, 8}, 2);
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    const TokenLogProbs plain = LinearLogProbs(hidden.to(type), weight.to(type), targets);
    const Evaluation training = Evaluate(Fused(targets), {hidden, weight}, type);
    EXPECT_FALSE(plain.log_probs_M.requires_grad());
    EXPECT_TRUE(at::equal(plain.log_probs_M, training.output.detach()));
  }
}

TEST(LinearLogProbs, LargeLogitsStayFinite) {
  const at::Tensor targets = Targets(5, 9);
  const Evaluation result =
      Evaluate(Fused(targets), {Random({5, 4}, 1) * 1e4, Random({9, 4}, 2) * 1e3}, at::kFloat);
  EXPECT_TRUE(at::isfinite(result.output).all().item<bool>());
  EXPECT_TRUE(at::isfinite(result.gradients[0]).all().item<bool>());
}

TEST(LinearLogProbs, NoRowsHaveZeroGradients) {
  const Evaluation result = Evaluate(Fused(at::empty({0}, at::kLong)),
                                     {at::empty({0, 4}), Random({9, 4}, 1)}, at::kFloat);
  EXPECT_EQ(result.output.numel(), 0);
  EXPECT_TRUE(at::equal(result.gradients[1], at::zeros({9, 4})));
}

TEST(LinearLogProbs, GradientsMatchFiniteDifferences) {
  const at::Tensor targets = Targets(6, 13);
  const std::vector<at::Tensor> inputs = {Random({6, 5}, 1), Random({13, 5}, 2)};
  ExpectFiniteDifferences(Fused(targets), inputs, 0);
  ExpectFiniteDifferences(Fused(targets), inputs, 1);
}

TEST(LinearLogProbs, RepeatsBitwise) {
  const at::Tensor targets = Targets(257, 513);
  ExpectRepeats(Fused(targets), {Random({257, 64}, 1), Random({513, 64}, 2)});
}

TEST(LinearLogProbs, RejectsWrongShapesAndTargets) {
  const at::Tensor h = at::zeros({3, 4}), w = at::zeros({5, 4});
  EXPECT_THROW(LinearLogProbs(h, at::zeros({5, 3}), Targets(3, 5)), c10::Error);
  EXPECT_THROW(LinearLogProbs(h, w, Targets(2, 5)), c10::Error);
  EXPECT_THROW(LinearLogProbs(h, w, at::full({3}, 5, at::kLong)), c10::Error);
  EXPECT_THROW(LinearLogProbs(h, w, at::full({3}, -100, at::kLong)), c10::Error);
}

// Products round to bf16; the softmax, its results and the weight's gradient over blocks do not.
TEST(LinearLogProbs, Bf16LosesNothingButTheRoundingOfProducts) {
  constexpr double kBf16Roundoff = 1.0 / 512;
  constexpr int64_t kRows = 100, kVocab = 70'000;  // 8 MiB of logits hold 32 rows: four blocks
  const at::AutoGradMode grad(true);
  const at::Tensor targets = Targets(kRows, kVocab), probe = Random({kRows}, 6);
  const auto run = [&](at::ScalarType type, const auto& op) -> std::vector<at::Tensor> {
    const auto leaf = [&](at::IntArrayRef shape, uint64_t seed) {
      return Random(shape, seed).to(at::kBFloat16).to(type).set_requires_grad(true);
    };
    const at::Tensor hidden = leaf({kRows, 16}, 1), weight = leaf({kVocab, 16}, 2);
    const TokenLogProbs out = op(hidden, weight, targets);
    (out.log_probs_M * probe).sum().backward();
    return {out.log_probs_M.detach(), out.entropy_M, hidden.grad(), weight.grad(),
            at::matmul(hidden, weight.t()).detach()};
  };
  const auto actual = run(at::kBFloat16, LinearLogProbs);
  const auto expected = run(at::kDouble, LinearLogProbsReference);
  for (const size_t i : {0, 1}) EXPECT_EQ(actual[i].scalar_type(), at::kFloat);
  for (const size_t i : {2, 3}) EXPECT_EQ(actual[i].scalar_type(), at::kBFloat16);
  // A logit is wrong by a roundoff of itself, and the largest are about as large as the largest
  // log-probability; so is their soft maximum.
  EXPECT_LE(RelativeError(actual[0], expected[0]), 2 * kBf16Roundoff);
  // dH = -sum p (log p + H) dz, and sum p |log p + H| <= 2 H.
  const double largest = expected[4].abs().max().item<double>();
  EXPECT_LE(RelativeError(actual[1], expected[1]), 2 * kBf16Roundoff * largest);
  // Logits, probabilities less targets and their product round, and the first move the second: by
  // dp = p (dz - sum p dz), at most p (1 - p) 2 max|dz|, and p (1 - p) <= 1/4.
  const double gradient = (3 + largest / 2) * kBf16Roundoff;
  for (const size_t i : {2, 3}) EXPECT_LE(RelativeError(actual[i], expected[i]), gradient);
}

}  // namespace
}  // namespace bench::kernels
