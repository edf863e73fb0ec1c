// Pairs as a ragged batch, and their rewards.
//
// A reward is the head's score of the hidden state of the row's last real token: the end token, or
// what truncation left last. Rows stand one after the other, each by itself: there is no padding,
// in training or in scoring, so no reward depends on it. B pairs.
#pragma once

#include <vector>

#include "ATen/ATen.h"
#include "absl/status/statusor.h"
#include "harness/stages/reward/data.h"
#include "models/ragged_batch.h"
#include "models/reward_model.h"

namespace bench::harness {

struct RewardBatch {
  models::RaggedBatch inputs;                 // chosen and rejected row of each pair in turn
  at::Tensor chosen_rows_B, rejected_rows_B;  // rows of the hidden states that are scored
};

RewardBatch MakeRewardBatch(const std::vector<const RewardPair*>& pairs, at::Device device);

struct PairRewards {
  at::Tensor chosen_B, rejected_B;
};

// With its graph. The two halves are scored apart, so that where a loss depends on their difference
// only, the gradients of the bias cancel exactly.
PairRewards ScorePairs(const models::RewardModel& model, const RewardBatch& batch,
                       models::Activations activations);

// Of many rows, in fp64 on the CPU, without a graph. Equal rows go through the
// model once and have the same reward, bit for bit. StoppedError within a batch of a stop signal.
using TokenRow = std::vector<int64_t>;
absl::StatusOr<at::Tensor> ScoreRows(const models::RewardModel& model,
                                     const std::vector<const TokenRow*>& rows);
absl::StatusOr<PairRewards> ScoreHeldOut(const models::RewardModel& model,
                                         const std::vector<const RewardPair*>& pairs);

}  // namespace bench::harness
