#include "models/reward_model.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "models/padding.h"
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

enum class Side { kLeft, kRight };

// `rows` filled up with `padding` tokens to the longest and `extra` more.
RaggedBatch Padded(const std::vector<std::vector<int64_t>>& rows, Side side, int64_t extra,
                   int64_t padding) {
  const auto longest = std::max_element(
      rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.size() < b.size(); });
  const int64_t width = std::ssize(*longest) + extra;
  const at::Tensor tokens_BT = at::full({std::ssize(rows), width}, padding, at::kLong);
  const at::Tensor mask_BT = at::zeros({std::ssize(rows), width}, at::kBool);
  for (int64_t b = 0; b < std::ssize(rows); ++b) {
    const std::vector<int64_t>& row = rows[static_cast<size_t>(b)];
    const int64_t begin = side == Side::kLeft ? width - std::ssize(row) : 0;
    tokens_BT[b].slice(0, begin, begin + std::ssize(row)).copy_(at::tensor(row, at::kLong));
    mask_BT[b].slice(0, begin, begin + std::ssize(row)).fill_(true);
  }
  return WithoutPadding(tokens_BT, mask_BT, at::kCPU);
}

// The padding token is in the rows as well, even at their ends.
TEST(RewardModel, RewardsDependNeitherOnTheSideOfPaddingNorOnItsAmountBitForBit) {
  const RewardModel model = OnTinyDecoder(true);
  std::vector<std::vector<int64_t>> rows = {
      RandomTokens(9, 53, 1), RandomTokens(17, 53, 2), RandomTokens(1, 53, 3), {0, 7, 0, 0}};
  const at::Tensor rewards_B = model.Rewards(MakeRaggedBatch(rows, at::kCPU));
  for (const Side side : {Side::kLeft, Side::kRight}) {
    for (int64_t extra = 0; extra <= 20; ++extra) {
      for (const int64_t padding : {0, 52}) {
        EXPECT_TRUE(at::equal(model.Rewards(Padded(rows, side, extra, padding)), rewards_B))
            << extra;
      }
    }
  }
  // What the padding must not do: be part of a row.
  rows[0].push_back(0);
  EXPECT_FALSE(model.Rewards(MakeRaggedBatch(rows, at::kCPU))[0].equal(rewards_B[0]));
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

}  // namespace
}  // namespace bench::models
