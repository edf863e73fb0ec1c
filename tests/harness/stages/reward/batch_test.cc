#include "harness/stages/reward/batch.h"

#include <limits>

#include "tests/harness/stages/reward/tiny_reward.h"

namespace bench::harness {
namespace {

// The end token (2) early and last, last only, and cut off.
const RewardPair kFirst = Pair({1, 5, 2, 7, 2}, {1, 5, 2}, 2);
const RewardPair kCut = Pair({1, 9, 8, 7}, {1, 9, 2, 6, 5, 4}, 2);

TEST(MakeRewardBatch, ScoresTheLastRealTokenOfEveryRow) {
  const RewardBatch batch = MakeRewardBatch({&kFirst, &kCut}, at::kCPU);
  EXPECT_TRUE(batch.inputs.tokens_N.equal(
      at::tensor({1, 5, 2, 7, 2, 1, 5, 2, 1, 9, 8, 7, 1, 9, 2, 6, 5, 4}, at::kLong)));
  EXPECT_TRUE(batch.chosen_rows_B.equal(at::tensor({4, 11}, at::kLong)));
  EXPECT_TRUE(batch.rejected_rows_B.equal(at::tensor({7, 17}, at::kLong)));
}

// Rewards of about 1 after two layers of sums of at most 12 terms: a hundred roundings are plenty.
constexpr double kRounding = 100 * std::numeric_limits<float>::epsilon();

TEST(ScorePairs, RewardsAreThoseOfTheirRows) {
  const models::RewardModel model = TinyRewardModel();
  const at::NoGradGuard no_grad;
  const PairRewards rewards =
      ScorePairs(model, MakeRewardBatch({&kFirst, &kCut}, at::kCPU), models::Activations::kKept);
  const at::Tensor alone = model.Rewards(models::MakeRaggedBatch(
      {kFirst.chosen, kFirst.rejected, kCut.chosen, kCut.rejected}, at::kCPU));
  EXPECT_LE((rewards.chosen_B - alone.slice(0, 0, 4, 2)).abs().max().item<double>(), kRounding);
  EXPECT_LE((rewards.rejected_B - alone.slice(0, 1, 4, 2)).abs().max().item<double>(), kRounding);
  // One token further would be another reward.
  EXPECT_GT((rewards.chosen_B[0] - rewards.rejected_B[0]).abs().item<double>(), 100 * kRounding);
}

TEST(ScoreHeldOut, RewardsAreThoseOfEachRowAlone) {
  const models::RewardModel model = TinyRewardModel();
  std::vector<RewardPair> pairs;
  for (int64_t i = 0; i < 70; ++i) {  // three batches
    pairs.push_back(Pair({1, 3 + i % 13, 2}, {1, 3 + i % 13, 3 + i % 7, 2}, 2));
  }
  std::vector<const RewardPair*> pointers;
  for (const RewardPair& pair : pairs) pointers.push_back(&pair);
  const auto scored = ScoreHeldOut(model, pointers);
  ASSERT_TRUE(scored.ok()) << scored.status();
  const PairRewards& rewards = *scored;
  ASSERT_EQ(rewards.chosen_B.numel(), 70);
  EXPECT_EQ(rewards.chosen_B.scalar_type(), at::kDouble);
  for (int64_t i = 0; i < 70; ++i) {
    const RewardPair& pair = pairs[static_cast<size_t>(i)];
    const at::Tensor alone =
        model.Rewards(models::MakeRaggedBatch({pair.chosen, pair.rejected}, at::kCPU));
    EXPECT_NEAR(rewards.chosen_B[i].item<double>(), alone[0].item<double>(), kRounding) << i;
    EXPECT_NEAR(rewards.rejected_B[i].item<double>(), alone[1].item<double>(), kRounding) << i;
  }
}

TEST(ScoreRows, EqualRowsHaveEqualRewardsBitForBitWhereverTheyStand) {
  const models::RewardModel model = TinyRewardModel();
  std::vector<TokenRow> rows;
  for (int64_t i = 0; i < 150; ++i) rows.push_back({1, 3 + i % 11, 2});
  std::vector<const TokenRow*> pointers;
  for (const TokenRow& row : rows) pointers.push_back(&row);
  const auto rewards = ScoreRows(model, pointers);
  ASSERT_TRUE(rewards.ok()) << rewards.status();
  ASSERT_EQ(rewards->numel(), 150);
  for (int64_t i = 0; i < 150; ++i) {
    EXPECT_TRUE((*rewards)[i].equal((*rewards)[i % 11])) << i;
  }
  for (int64_t i = 1; i < 11; ++i) EXPECT_FALSE((*rewards)[i].equal((*rewards)[i - 1])) << i;
}

}  // namespace
}  // namespace bench::harness
