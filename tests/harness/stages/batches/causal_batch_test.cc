#include "harness/stages/batches/causal_batch.h"

#include <ATen/CPUGeneratorImpl.h>

#include "gtest/gtest.h"

namespace bench::harness {
namespace {

class CausalBatchTest : public ::testing::Test {
 protected:
  CausalBatchTest() {
    models::DecoderConfig config;
    config.vocab_size = 16;
    config.hidden_size = 8;
    config.num_layers = 2;
    config.num_heads = 2;
    config.num_kv_heads = 1;
    config.head_dim = 4;
    config.intermediate_size = 12;
    config.max_positions = 16;
    config.initializer_std = 0.3;
    decoder_ =
        *models::Decoder::Create(config, at::detail::createCPUGenerator(7), at::kCPU, at::kFloat);
  }

  // Two sequences; three of the six places are looked at.
  const CausalBatch batch_ = {models::MakeRaggedBatch({{1, 5, 6, 7}, {1, 9}}, at::kCPU),
                              at::tensor({2, 3, 5}, at::kLong), at::tensor({7, 2, 4}, at::kLong)};
  std::unique_ptr<models::Decoder> decoder_;

  at::Tensor LogProbs() const {
    return decoder_->Logits(decoder_->Hidden(batch_.inputs)).to(at::kDouble).log_softmax(-1);
  }
};

// Three terms of about 3 from fp32 logits: 3 x 3 x 2^-23 and as much for the dot products.
constexpr double kRounding = 5e-6;

TEST_F(CausalBatchTest, LossSumEqualsTheCrossEntropyOfFullLogits) {
  const at::Tensor log_probs = LogProbs();
  double expected = 0;
  expected -= log_probs[2][7].item<double>();
  expected -= log_probs[3][2].item<double>();
  expected -= log_probs[5][4].item<double>();
  EXPECT_NEAR(CausalLossSum(*decoder_, batch_, models::Activations::kKept).item<double>(), expected,
              kRounding);
  EXPECT_NEAR(ScoreTargets(*decoder_, batch_).nll_sum, expected, kRounding);
}

// Its targets are the same; only the input has a token more, before the padding.
TEST(MakeCausalBatch, ARowWhoseLastTokenIsReadHasAStateBehindIt) {
  const std::vector<int64_t> row = {1, 5, 6, 7, 2};
  const std::vector<int64_t> other = {1, 9, 2};
  const CausalBatch batch =
      MakeCausalBatch({{&row, 3, true}, {&other, 2}}, Packing::kPacked, at::kCPU);
  EXPECT_TRUE(batch.inputs.tokens_N.equal(at::tensor({1, 5, 6, 7, 2, 1, 9}, at::kLong)));
  EXPECT_TRUE(batch.targets_M.equal(at::tensor({7, 2, 2}, at::kLong)));
  EXPECT_TRUE(batch.target_rows_M.equal(at::tensor({2, 3, 6}, at::kLong)));
  const CausalBatch padded =
      MakeCausalBatch({{&row, 3, true}, {&other, 2}}, Packing::kPadded, at::kCPU);
  EXPECT_TRUE(padded.inputs.tokens_N.equal(at::tensor({1, 5, 6, 7, 2, 1, 9, 0, 0, 0}, at::kLong)));
}

TEST_F(CausalBatchTest, CountsTargetsThatAreTheMostProbableToken) {
  const at::Tensor best = LogProbs().argmax(-1);
  CausalBatch batch = batch_;
  batch.targets_M = at::stack({best[2], best[3], (best[5] + 1) % 16});
  TokenScores scores = ScoreTargets(*decoder_, batch);
  EXPECT_EQ(scores.num_correct, 2);
  EXPECT_EQ(scores.num_tokens, 3);
  scores += scores;
  EXPECT_EQ(scores.num_correct, 4);
}

TEST_F(CausalBatchTest, OnlyTheLossHasAGraph) {
  CausalLossSum(*decoder_, batch_, models::Activations::kKept).backward();
  EXPECT_TRUE(decoder_->parameters().front().tensor.grad().defined());
}

TEST(MakeCausalBatch, EarlierTargetsComeBeforeTheRowsOwn) {
  const std::vector<int64_t> row = {1, 5, 6, 7, 2, 8, 9, 2};
  const std::vector<int64_t> other = {1, 9, 2};
  const TokenSpan spans[] = {{1, 3}, {4, 5}};
  const CausalBatch batch =
      MakeCausalBatch({{&other, 2}, {&row, 6, false, spans}}, Packing::kPacked, at::kCPU);
  EXPECT_TRUE(batch.targets_M.equal(at::tensor({2, 5, 6, 2, 9, 2}, at::kLong)));
  // The hidden state before a token predicts it; the other row has two inputs.
  EXPECT_TRUE(batch.target_rows_M.equal(at::tensor({1, 2, 3, 5, 7, 8}, at::kLong)));
}

}  // namespace
}  // namespace bench::harness
