#include "kernels/composed_attention.h"

#include "kernels/cached_attention.h"
#include "tests/kernels/testing.h"

namespace bench::kernels {
namespace {

constexpr int64_t kHeads = 6, kGroups = 2, kWidth = 5;

// Sequences of one token, of less and of more than a block of queries.
const std::vector<int64_t>& Offsets() {
  static const std::vector<int64_t> offsets = {0, 1, 14, 150, 151 + 129};
  return offsets;
}

std::vector<AttentionSpan> WholeSequences(int64_t prefix) {
  std::vector<AttentionSpan> spans;
  for (size_t b = 0; b + 1 < Offsets().size(); ++b) {
    const int64_t begin = Offsets()[b], length = Offsets()[b + 1] - begin;
    spans.push_back({begin, length, begin, length, std::min(prefix, length)});
  }
  return spans;
}

std::vector<at::Tensor> Inputs() {
  const int64_t n = Offsets().back();
  return {Random({n, kHeads, kWidth}, 1), Random({n, kGroups, kWidth}, 2),
          Random({n, kGroups, kWidth}, 3)};
}

ScoreForm Form(at::ScalarType type, bool has_bias) {
  const double scale = 1 / std::sqrt(static_cast<double>(kWidth));
  if (!has_bias) return {scale, {}};
  return {scale, Random({kHeads, 200}, 4).to(type)};
}

TensorFunction With(bool is_reference, bool has_bias, int64_t prefix, int64_t window = 0) {
  return [=](const std::vector<at::Tensor>& in) {
    ScoreForm form = Form(in[0].scalar_type(), has_bias);
    form.window = window;
    const AttentionInputs inputs = {in[0], in[1], in[2]};
    return is_reference ? ComposedAttentionReference(inputs, WholeSequences(prefix), form)
                        : ComposedAttention(inputs, WholeSequences(prefix), form);
  };
}

TEST(ComposedAttention, MatchesReferenceInDoubleWithGradients) {
  for (const bool has_bias : {false, true}) {
    for (const int64_t prefix : {0, 7, 140}) {
      SCOPED_TRACE(testing::Message() << "bias " << has_bias << ", prefix " << prefix);
      ExpectMatches(With(false, has_bias, prefix), With(true, has_bias, prefix), Inputs(),
                    Tolerance(140, 6));
    }
  }
}

// Windows of one key, of less and of more than a block of queries, and of more than a sequence.
TEST(ComposedAttention, MatchesReferenceInDoubleWithGradientsWithAWindow) {
  for (const bool has_bias : {false, true}) {
    for (const int64_t prefix : {0, 7}) {
      for (const int64_t window : {1, 9, 130, 300}) {
        SCOPED_TRACE(testing::Message()
                     << "bias " << has_bias << ", prefix " << prefix << ", window " << window);
        ExpectMatches(With(false, has_bias, prefix, window), With(true, has_bias, prefix, window),
                      Inputs(), Tolerance(140, 6));
      }
    }
  }
}

// By hand: equal scores, so that a query's result is the mean of the last two values that it sees.
TEST(ComposedAttention, AWindowForgetsEarlierKeys) {
  const at::Tensor q = at::zeros({4, 1, 1}),
                   v = at::tensor({2.0F, 4.0F, 8.0F, 16.0F}).view({4, 1, 1});
  const at::Tensor o = ComposedAttention({q, q, v}, {{0, 4, 0, 4, 0}}, {1, {}, 2}).flatten();
  EXPECT_FLOAT_EQ(o[0].item<float>(), 2);
  EXPECT_FLOAT_EQ(o[1].item<float>(), 3);
  EXPECT_FLOAT_EQ(o[2].item<float>(), 6);
  EXPECT_FLOAT_EQ(o[3].item<float>(), 12);
  // A query that continues cached keys; and a prefix of one key, which all see.
  const at::Tensor last = q.narrow(0, 0, 1);
  EXPECT_FLOAT_EQ(ComposedAttention({last, q, v}, {{0, 1, 0, 4, 0}}, {1, {}, 2}).item<float>(), 12);
  EXPECT_FLOAT_EQ(ComposedAttention({last, q, v}, {{0, 1, 0, 4, 1}}, {1, {}, 1}).item<float>(), 9);
}

// Without bias and prefix it is what the fused kernels compute.
TEST(ComposedAttention, IsCausalAttentionWithoutBiasAndPrefix) {
  const std::vector<at::Tensor> in = Inputs();
  const at::Tensor causal = RaggedAttentionReference({in[0], in[1], in[2]}, Offsets());
  EXPECT_LE(RelativeError(With(false, false, 0)(in), causal), Tolerance(140, 6));
}

// By hand: two keys with equal scores and a bias of ln 3 on the second: weights 1/4 and 3/4.
TEST(ComposedAttention, ABiasWeightsKeys) {
  const at::Tensor q = at::zeros({2, 1, 1}), v = at::tensor({0.0F, 4.0F}).view({2, 1, 1});
  const at::Tensor bias = at::tensor({0.0F, std::log(3.0F)}).view({1, 2});
  const at::Tensor o = ComposedAttention({q, q, v}, {{0, 2, 0, 2, 0}}, {1, bias});
  EXPECT_FLOAT_EQ(o[0].item<float>(), 0);
  EXPECT_FLOAT_EQ(o[1].item<float>(), 3);
}

TEST(ComposedAttention, EveryRowSeesThePrefix) {
  const at::Tensor q = at::zeros({3, 1, 1}), v = at::tensor({0.0F, 6.0F, 9.0F}).view({3, 1, 1});
  const at::Tensor o = ComposedAttention({q, q, v}, {{0, 3, 0, 3, 2}}, {1, {}}).flatten();
  EXPECT_FLOAT_EQ(o[0].item<float>(), 3);
  EXPECT_FLOAT_EQ(o[1].item<float>(), 3);
  EXPECT_FLOAT_EQ(o[2].item<float>(), 5);
}

TEST(ComposedAttention, SingleQueriesContinueCachedKeys) {
  const at::Tensor q = Random({2, kHeads, kWidth}, 1), k = Random({20, kGroups, kWidth}, 2),
                   v = Random({20, kGroups, kWidth}, 3);
  const std::vector<CacheRange> ranges = {{3, 9}, {12, 1}};
  const at::Tensor o =
      ComposedAttention({q, k, v}, {{0, 1, 3, 9, 0}, {1, 1, 12, 1, 0}}, Form(at::kFloat, false));
  EXPECT_LE(RelativeError(o, CachedAttentionReference({q, k, v}, ranges)), Tolerance(9, 6));
}

// bf16 inputs, sums in fp32: one rounding of the result, 2^-9.
TEST(ComposedAttention, SumsBf16InFp32) {
  std::vector<at::Tensor> in = Inputs();
  for (at::Tensor& x : in) x = x.to(at::kBFloat16);
  const ScoreForm form = Form(at::kFloat, true);
  const at::Tensor o = ComposedAttention({in[0], in[1], in[2]}, WholeSequences(0), form);
  const at::Tensor expected = ComposedAttentionReference(
      {in[0].to(at::kDouble), in[1].to(at::kDouble), in[2].to(at::kDouble)}, WholeSequences(0),
      {form.scale, form.bias_HP.to(at::kDouble)});
  EXPECT_EQ(o.scalar_type(), at::kBFloat16);
  EXPECT_LE(RelativeError(o, expected), 0x1p-8);
}

TEST(ComposedAttention, RepeatsBitwise) { ExpectRepeats(With(false, true, 7), Inputs()); }

TEST(ComposedAttention, RejectsWhatDoesNotFit) {
  const std::vector<at::Tensor> in = Inputs();
  const AttentionInputs inputs = {in[0], in[1], in[2]};
  const int64_t n = Offsets().back();
  EXPECT_THROW(ComposedAttention(inputs, {{0, n - 1, 0, n - 1, 0}}, {1, {}}), c10::Error);
  EXPECT_THROW(ComposedAttention(inputs, {{0, n, 1, n, 0}}, {1, {}}), c10::Error);
  EXPECT_THROW(ComposedAttention(inputs, {{0, n, 0, n - 1, 0}}, {1, {}}), c10::Error);
  EXPECT_THROW(ComposedAttention(inputs, {{0, n, 0, n, n + 1}}, {1, {}}), c10::Error);
  EXPECT_THROW(ComposedAttention(inputs, WholeSequences(0), {1, at::zeros({kHeads, 100})}),
               c10::Error);
  EXPECT_THROW(ComposedAttention(inputs, WholeSequences(0), {1, {}, -1}), c10::Error);
}

}  // namespace
}  // namespace bench::kernels
