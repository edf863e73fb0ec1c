// Reward modelling as a training task.
//
// Loss of an optimizer step = sum of the pair loss (loss.h) over the pairs of its window /
// their number, whatever the number of micro-batches. Every epoch takes each pair once, in a fresh
// permutation. Target tokens are those of both responses. There is no dropout. After the last step
// the head's bias is set so that held-out chosen responses average 0 (CentreOnChosen).
#pragma once

#include <vector>

#include "harness/definition/reward_spec.h"
#include "harness/determinism/seeds.h"
#include "harness/stages/reward/batch.h"
#include "harness/stages/reward/data.h"
#include "harness/training/sampled_task.h"
#include "models/reward_model.h"

namespace bench::harness {

class RewardTask : public SampledTask {
 public:
  // All must outlive the task.
  struct Parts {
    const RewardSpec& spec;
    const RewardData& data;
    models::RewardModel& model;
    Ranks& ranks;
  };
  RewardTask(const Parts& parts, const SeedSource& seeds, Evaluator evaluator);

  const std::vector<models::NamedTensor>& parameters() const override {
    return model_.parameters();
  }
  absl::StatusOr<Window> NextWindow() override;
  at::Tensor LossSum(int64_t micro_batch) override;
  const results::MetricDescriptor& loss_metric() const override { return results::kPairLoss; }
  std::vector<results::MetricValue> WindowMetrics() const override;
  absl::Status EndTraining() override;

 private:
  const RewardSpec& spec_;
  const RewardData& data_;
  models::RewardModel& model_;
  std::vector<RewardBatch> window_;         // its micro-batches
  std::vector<at::Tensor> chosen_rewards_;  // of this rank's micro-batches so far, detached
  std::vector<at::Tensor> rejected_rewards_;
};

}  // namespace bench::harness
