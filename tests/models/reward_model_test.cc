#include "models/reward_model.h"

#include <gmock/gmock.h>

#include "tests/models/testing.h"

namespace bench::models {
namespace {

RewardModel OnTinyDecoder(bool tied) {
  DecoderConfig config = TinyConfig();
  config.tie_embeddings = tied;
  auto model = RewardModel::OnDecoder(MakeDecoder(config), Seeded(2));
  TORCH_CHECK(model.ok(), std::string(model.status().message()));
  return *std::move(model);
}

TEST(RewardModel, LeavesTheLanguageHeadAndAddsTheScore) {
  const RewardModel tied = OnTinyDecoder(true);
  const RewardModel untied = OnTinyDecoder(false);
  ASSERT_EQ(tied.parameters().size(), untied.parameters().size());
  for (const NamedTensor& parameter : untied.parameters()) {
    EXPECT_NE(parameter.name, "lm_head.weight");
    EXPECT_TRUE(parameter.tensor.requires_grad());
  }
  EXPECT_EQ(untied.parameters().back().name, "score.bias");
  // The embedding is drawn before the language head, so it is the same in both.
  EXPECT_TRUE(tied.parameters()[0].tensor.equal(untied.parameters()[0].tensor));
}

// transformers computed them from padded batches, on either side, with the end token early, last
// and absent; here no row has padding.
TEST(RewardModel, RewardsAreThoseOfTransformersWhateverItsPadding) {
  for (const std::string side : {"left", "right"}) {
    Golden golden = LoadGolden("llama_reward_" + side);
    golden.config.tie_embeddings = true;
    auto decoder = Decoder::FromTensors(golden.config, golden.weights, at::kCPU, at::kFloat);
    ASSERT_TRUE(decoder.ok()) << decoder.status();
    auto head = ScalarHead::FromWeights(golden.expected.at("score.weight"), 0.375,
                                        golden.config.hidden_size, at::kFloat);
    ASSERT_TRUE(head.ok()) << head.status();
    const RewardModel model(*std::move(decoder), *std::move(head));
    const at::Tensor rewards_B = model.Rewards(MakeRaggedBatch(golden.rows, at::kCPU));
    EXPECT_LT(RelativeError(rewards_B, golden.expected.at("rewards")),
              Tolerance(golden.config, /*passes=*/1))
        << side;
  }
}

TEST(RewardModel, ARewardDoesNotDependOnTheTokensOfOtherSequencesBitForBit) {
  const RewardModel model = OnTinyDecoder(true);
  std::vector<std::vector<int64_t>> rows = {RandomTokens(9, 53, 1), RandomTokens(17, 53, 2),
                                            RandomTokens(5, 53, 3)};
  const at::Tensor before_B = model.Rewards(MakeRaggedBatch(rows, at::kCPU));
  rows[0] = RandomTokens(9, 53, 4);
  rows[2] = RandomTokens(5, 53, 5);
  const at::Tensor after_B = model.Rewards(MakeRaggedBatch(rows, at::kCPU));
  EXPECT_TRUE(after_B[1].equal(before_B[1]));
  EXPECT_FALSE(after_B[0].equal(before_B[0]));
  EXPECT_FALSE(after_B[2].equal(before_B[2]));
}

TEST(RewardModel, EveryTokenOfASequenceCountsAndOneMoreMovesThePlaceOfTheScore) {
  const RewardModel model = OnTinyDecoder(true);
  const std::vector<int64_t> row = RandomTokens(6, 53, 7);
  std::vector<int64_t> longer = row;
  longer.push_back(row.back());
  std::vector<std::vector<int64_t>> rows = {row, longer};
  for (size_t i = 0; i < row.size(); ++i) {
    rows.push_back(row);
    rows.back()[i] = (row[i] + 1) % 53;
  }
  const at::Tensor rewards_B = model.Rewards(MakeRaggedBatch(rows, at::kCPU));
  for (int64_t b = 1; b < rewards_B.numel(); ++b) EXPECT_FALSE(rewards_B[b].equal(rewards_B[0]));
}

TEST(RewardModel, ItComputesInTheDecodersTypeAndACopyInItsOwn) {
  const std::vector<std::vector<int64_t>> rows = {RandomTokens(9, 53, 1), RandomTokens(4, 53, 2)};
  const RaggedBatch batch = MakeRaggedBatch(rows, at::kCPU);
  for (const bool tied : {true, false}) {
    DecoderConfig config = TinyConfig();
    config.tie_embeddings = tied;
    auto decoder = MakeDecoder(config);
    decoder->ComputeIn(at::kBFloat16);
    const auto model = RewardModel::OnDecoder(std::move(decoder), Seeded(2));
    ASSERT_TRUE(model.ok()) << model.status();
    EXPECT_EQ(model->decoder().compute_type(), at::kBFloat16);
    const RewardModel narrow = model->CopyIn(at::kBFloat16);
    for (const NamedTensor& parameter : narrow.parameters()) {
      EXPECT_EQ(parameter.tensor.scalar_type(), at::kBFloat16) << parameter.name;
    }
    // Weights that bf16 holds: fp32 ones are the same to a pass that rounds them.
    RewardModel wide = narrow.CopyIn(at::kFloat);
    const at::Tensor in_fp32 = wide.Rewards(batch);
    wide.ComputeIn(at::kBFloat16);
    EXPECT_TRUE(wide.Rewards(batch).equal(narrow.Rewards(batch)));
    EXPECT_FALSE(wide.Rewards(batch).equal(in_fp32));
  }
}

}  // namespace
}  // namespace bench::models
