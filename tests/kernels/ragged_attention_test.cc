#include "kernels/ragged_attention.h"

#include "tests/kernels/testing.h"

namespace bench::kernels {
namespace {

using Offsets = std::vector<int64_t>;

TensorFunction With(const Offsets& offsets, bool fused) {
  return [offsets, fused](const std::vector<at::Tensor>& in) {
    const AttentionInputs inputs{in[0], in[1], in[2]};
    return fused ? RaggedAttention(inputs, offsets) : RaggedAttentionReference(inputs, offsets);
  };
}

struct Heads {
  int64_t query = 1, key_value = 1, width = 8;
};

std::vector<at::Tensor> Inputs(int64_t n, const Heads& heads) {
  return {Random({n, heads.query, heads.width}, 1), Random({n, heads.key_value, heads.width}, 2),
          Random({n, heads.key_value, heads.width}, 3)};
}

TEST(RaggedAttention, MatchesReferenceInDoubleWithGradients) {
  for (const Heads& heads : {Heads{6, 6, 48}, Heads{6, 2, 10}, Heads{4, 1, 7}}) {
    for (const Offsets& offsets :
         {Offsets{0, 1}, Offsets{0, 31, 32, 65}, Offsets{0, 64}, Offsets{0, 3, 260, 261}}) {
      // Products over the width, a softmax over up to 257 keys, and the same again backwards.
      ExpectMatches(With(offsets, true), With(offsets, false), Inputs(offsets.back(), heads),
                    Tolerance(257, 6));
    }
  }
}

// Neighbours of one length go through together.
TEST(RaggedAttention, Bf16IsTheReferenceUpToItsRoundings) {
  constexpr double kBf16Roundoff = 1.0 / 512;
  for (const Heads& heads : {Heads{6, 6, 48}, Heads{6, 2, 10}}) {
    for (const Offsets& offsets : {Offsets{0, 5, 10, 13, 18}, Offsets{0, 64, 128}, Offsets{0, 1}}) {
      std::vector<at::Tensor> in = Inputs(offsets.back(), heads);
      for (at::Tensor& x : in) x = x.to(at::kBFloat16);
      const Evaluation actual = Evaluate(With(offsets, true), in, at::kBFloat16);
      const Evaluation expected = Evaluate(With(offsets, false), in, at::kDouble);
      // Scores, probabilities and their product round, and the same again backwards; sums are fp32.
      // 4 covers what the softmax amplifies, as its exponent holds scores up to a few units.
      EXPECT_LE(RelativeError(actual.output, expected.output), 4 * 3 * kBf16Roundoff);
      for (size_t i = 0; i < 3; ++i) {
        EXPECT_LE(RelativeError(actual.gradients[i], expected.gradients[i]), 4 * 6 * kBf16Roundoff)
            << i;
      }
    }
  }
}

TEST(RaggedAttention, FirstTokenSeesItselfOnly) {
  const std::vector<at::Tensor> in = Inputs(9, {4, 2, 8});
  const at::Tensor o = With({0, 5, 9}, true)(in);
  for (const int64_t row : {0, 5}) {
    for (const int64_t head : {0, 1, 2, 3}) {
      EXPECT_LE(RelativeError(o[row][head], in[2][row][head / 2]), 4 * kUnitRoundoff);
    }
  }
}

TEST(RaggedAttention, FutureTokensDoNotChangeThePast) {
  std::vector<at::Tensor> in = Inputs(70, {2, 2, 8});
  const at::Tensor before = With({0, 70}, true)(in);
  for (at::Tensor& x : in) x[69].add_(1);
  const at::Tensor after = With({0, 70}, true)(in);
  EXPECT_TRUE(at::equal(before.narrow(0, 0, 69), after.narrow(0, 0, 69)));
}

TEST(RaggedAttention, OtherSequencesAreBitwiseUnaffected) {
  const Offsets offsets = {0, 33, 50, 120};
  std::vector<at::Tensor> in = Inputs(120, {6, 3, 16});
  const Evaluation before = Evaluate(With(offsets, true), in, at::kFloat);
  for (at::Tensor& x : in) x.narrow(0, 33, 17).mul_(-3);
  const Evaluation after = Evaluate(With(offsets, true), in, at::kFloat);
  const auto same = [&](const at::Tensor& a, const at::Tensor& b) {
    return at::equal(a.narrow(0, 0, 33), b.narrow(0, 0, 33)) &&
           at::equal(a.narrow(0, 50, 70), b.narrow(0, 50, 70));
  };
  EXPECT_TRUE(same(before.output, after.output));
  for (size_t i = 0; i < 3; ++i) EXPECT_TRUE(same(before.gradients[i], after.gradients[i])) << i;
}

TEST(RaggedAttention, LargeScoresStayFinite) {
  std::vector<at::Tensor> in = Inputs(65, {2, 2, 8});
  in[0].mul_(1e3);
  in[1].mul_(1e3);
  const Evaluation result = Evaluate(With({0, 65}, true), in, at::kFloat);
  EXPECT_TRUE(at::isfinite(result.output).all().item<bool>());
  for (const at::Tensor& g : result.gradients) EXPECT_TRUE(at::isfinite(g).all().item<bool>());
}

TEST(RaggedAttention, GradientsMatchFiniteDifferences) {
  const std::vector<at::Tensor> inputs = Inputs(7, {4, 2, 6});
  for (size_t i = 0; i < 3; ++i) ExpectFiniteDifferences(With({0, 3, 7}, true), inputs, i);
}

// Also once the number of threads was set, which the first time may be the beginning's.
TEST(RaggedAttention, RepeatsBitwiseOnAnyThreadCount) {
  const TensorFunction fused = With({0, 33, 34, 161}, true);
  ExpectRepeats(fused, Inputs(161, {6, 2, 48}));
  for (int i = 0; i < 2; ++i) ExpectSameOnOneThread(fused, Inputs(161, {6, 2, 48}));
}

TEST(RaggedAttention, RejectsInconsistentArguments) {
  const at::Tensor q = at::zeros({4, 6, 8}), kv = at::zeros({4, 2, 8});
  EXPECT_THROW(RaggedAttention({q, kv, kv}, {0, 3}), c10::Error);
  EXPECT_THROW(RaggedAttention({q, kv, kv}, {0, 2, 2, 4}), c10::Error);
  EXPECT_THROW(RaggedAttention({q, kv, kv}, {1, 4}), c10::Error);
  EXPECT_THROW(RaggedAttention({q, at::zeros({4, 4, 8}), at::zeros({4, 4, 8})}, {0, 4}),
               c10::Error);
  EXPECT_THROW(RaggedAttention({q, at::zeros({4, 2, 6}), at::zeros({4, 2, 6})}, {0, 4}),
               c10::Error);
  EXPECT_THROW(RaggedAttention({q, kv, kv.to(at::kDouble)}, {0, 4}), c10::Error);
}

}  // namespace
}  // namespace bench::kernels
