#include "harness/stages/reward_batch.h"

#include <algorithm>

namespace bench::harness {
namespace {

// What a padded row is filled up with: no real token sees it, so any token does.
constexpr int64_t kPaddingToken = 0;
// Pairs that go through the model at once: enough to fill the matrix products, little memory.
constexpr size_t kPairsPerBatch = 32;

size_t LongestRow(const std::vector<const RewardPair*>& pairs) {
  size_t longest = 0;
  for (const RewardPair* pair : pairs) {
    longest = std::max({longest, pair->chosen.size(), pair->rejected.size()});
  }
  return longest;
}

}  // namespace

RewardBatch MakeRewardBatch(const std::vector<const RewardPair*>& pairs, Packing packing,
                            at::Device device) {
  const size_t padded_length = packing == Packing::kPadded ? LongestRow(pairs) : 0;
  std::vector<std::vector<int64_t>> inputs;
  int64_t start = 0;
  // Adds a row and returns the number of its last real token.
  const auto add = [&](const std::vector<int64_t>& row) {
    const int64_t last = start + std::ssize(row) - 1;
    inputs.push_back(row);
    inputs.back().resize(std::max(row.size(), padded_length), kPaddingToken);
    start += std::ssize(inputs.back());
    return last;
  };
  std::vector<int64_t> chosen_rows;
  std::vector<int64_t> rejected_rows;
  for (const RewardPair* pair : pairs) {
    chosen_rows.push_back(add(pair->chosen));
    rejected_rows.push_back(add(pair->rejected));
  }
  return {models::MakeRaggedBatch(inputs, device), at::tensor(chosen_rows, at::kLong).to(device),
          at::tensor(rejected_rows, at::kLong).to(device)};
}

PairRewards ScorePairs(const models::RewardModel& model, const RewardBatch& batch,
                       models::Activations activations) {
  const at::Tensor hidden_ND = model.decoder().Hidden(batch.inputs, activations);
  return {model.head().Score(hidden_ND.index_select(0, batch.chosen_rows_B)),
          model.head().Score(hidden_ND.index_select(0, batch.rejected_rows_B))};
}

PairRewards ScoreHeldOut(const models::RewardModel& model,
                         const std::vector<const RewardPair*>& pairs) {
  const at::NoGradGuard no_grad;
  std::vector<at::Tensor> chosen;
  std::vector<at::Tensor> rejected;
  for (size_t begin = 0; begin < pairs.size(); begin += kPairsPerBatch) {
    const auto first = pairs.begin() + static_cast<std::ptrdiff_t>(begin);
    const size_t count = std::min(kPairsPerBatch, pairs.size() - begin);
    const RewardBatch batch = MakeRewardBatch({first, first + static_cast<std::ptrdiff_t>(count)},
                                              Packing::kPacked, model.decoder().device());
    const PairRewards rewards = ScorePairs(model, batch, models::Activations::kKept);
    chosen.push_back(rewards.chosen_B.to(at::kCPU, at::kDouble));
    rejected.push_back(rewards.rejected_B.to(at::kCPU, at::kDouble));
  }
  return {at::cat(chosen), at::cat(rejected)};
}

}  // namespace bench::harness
