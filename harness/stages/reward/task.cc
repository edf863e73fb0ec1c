#include "harness/stages/reward/task.h"

#include <utility>

#include "harness/stages/batches/causal_batch.h"
#include "harness/stages/reward/evaluation.h"
#include "harness/stages/reward/loss.h"
#include "harness/stages/reward/scores.h"
#include "nlohmann/json.hpp"

namespace bench::harness {

RewardTask::RewardTask(const Parts& parts, const SeedSource& seeds, Evaluator evaluator)
    : SampledTask(MixtureSampler({{"pairs", 1, std::ssize(parts.data.train)}}, seeds), parts.ranks,
                  std::move(evaluator)),
      spec_(parts.spec),
      data_(parts.data),
      model_(parts.model) {}

absl::StatusOr<Window> RewardTask::NextWindow() {
  window_.clear();
  chosen_rewards_.clear();
  rejected_rewards_.clear();
  Window window;
  const int64_t micro_rows = spec_.training.micro_rows(ranks().size());
  window.num_micro_batches = spec_.training.batch_size / micro_rows;
  for (int64_t i = 0; i < window.num_micro_batches; ++i) {
    std::vector<const RewardPair*> pairs;
    for (const MixtureDraw& draw : Draw(micro_rows)) {
      pairs.push_back(&data_.train[static_cast<size_t>(draw.row)]);
      window.num_target_tokens += pairs.back()->num_response_tokens();
    }
    window_.push_back(MakeRewardBatch(pairs, model_.decoder().device()));
    window.num_tokens += window_.back().inputs.tokens_N.size(0);
  }
  window.denominator = static_cast<double>(spec_.training.batch_size);
  return window;
}

at::Tensor RewardTask::LossSum(int64_t micro_batch) {
  const PairRewards rewards =
      ScorePairs(model_, window_[static_cast<size_t>(micro_batch)], ActivationsOf(spec_.training));
  chosen_rewards_.push_back(rewards.chosen_B.detach());
  rejected_rewards_.push_back(rewards.rejected_B.detach());
  return PairLossSum(rewards, spec_.loss);
}

std::vector<results::MetricValue> RewardTask::WindowMetrics() const {
  const auto of_all = [&](const std::vector<at::Tensor>& rewards) {
    return ranks().GatherUnequalRows(at::cat(rewards).cpu());
  };
  return RewardMetrics({of_all(chosen_rewards_), of_all(rejected_rewards_)}, /*label=*/"");
}

absl::Status RewardTask::EndTraining() {
  return CentreOnChosen(EvaluatedPairs(spec_, data_), model_);
}

}  // namespace bench::harness
