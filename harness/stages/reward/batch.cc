#include "harness/stages/reward/batch.h"

#include <map>
#include <span>

#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/evaluation/batches.h"

namespace bench::harness {

RewardBatch MakeRewardBatch(const std::vector<const RewardPair*>& pairs, at::Device device) {
  std::vector<std::vector<int64_t>> inputs;
  std::vector<int64_t> chosen_rows;
  std::vector<int64_t> rejected_rows;
  int64_t num_tokens = 0;
  for (const RewardPair* pair : pairs) {
    inputs.push_back(pair->chosen);
    chosen_rows.push_back((num_tokens += std::ssize(pair->chosen)) - 1);
    inputs.push_back(pair->rejected);
    rejected_rows.push_back((num_tokens += std::ssize(pair->rejected)) - 1);
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

absl::StatusOr<at::Tensor> ScoreRows(const models::RewardModel& model,
                                     const std::vector<const TokenRow*>& rows) {
  std::map<TokenRow, int64_t> numbers;  // of the distinct rows
  std::vector<TokenRow> distinct;
  std::vector<int64_t> number_of_row;
  for (const TokenRow* row : rows) {
    const auto [place, is_new] = numbers.emplace(*row, std::ssize(distinct));
    if (is_new) distinct.push_back(*row);
    number_of_row.push_back(place->second);
  }
  std::vector<at::Tensor> rewards;
  for (const std::span<const TokenRow> rows_together : InBatches(distinct)) {
    BENCH_RETURN_IF_ERROR(CheckNotStopped());
    const models::RaggedBatch batch = models::MakeRaggedBatch(
        {rows_together.begin(), rows_together.end()}, model.decoder().device());
    rewards.push_back(model.Rewards(batch).to(at::kCPU, at::kDouble));
  }
  return at::cat(rewards).index_select(0, at::tensor(number_of_row, at::kLong));
}

absl::StatusOr<PairRewards> ScoreHeldOut(const models::RewardModel& model,
                                         const std::vector<const RewardPair*>& pairs) {
  std::vector<const TokenRow*> rows;
  for (const RewardPair* pair : pairs) rows.push_back(&pair->chosen);
  for (const RewardPair* pair : pairs) rows.push_back(&pair->rejected);
  BENCH_ASSIGN_OR_RETURN(const at::Tensor rewards, ScoreRows(model, rows));
  const std::vector<at::Tensor> halves = rewards.split(std::ssize(pairs));
  return PairRewards{halves[0], halves[1]};
}

}  // namespace bench::harness
