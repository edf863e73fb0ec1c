// Proximal policy optimisation as a training task.
//
// A rollout (rollout.h) is trained on for epochs x mini_batches optimizer steps, then the next
// one is sampled: NextWindow does either. An optimizer step is one mini-batch; its loss is
//   mean of policy_t over its response tokens
//   + value_coefficient x mean of value_t over its positions with a value  (loss.h)
// so it does not depend on the micro-batches; without the policy's part in the first
// value.warmup_rollouts. Where advantages come from groups it is the mean of
//   policy_t + kl_coefficient x kl_t
// over the mini-batch's response tokens, as in DAPO (arXiv:2503.14476), so that a token of a long
// response weighs what one of a short response does. There is no dropout. The rollout,
// the place in it and the KL coefficient are part of the saved state, so a checkpoint may fall in
// the middle of an iteration; permutations and sampling follow from the rollout's number.
// A rollout's figures are recorded with its first step, and as a row of the table "rollouts".
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/measurement/ranges.h"
#include "harness/stages/ppo/rollout.h"
#include "harness/stages/ppo/statistics.h"
#include "harness/training/mixture_sampler.h"
#include "harness/training/task.h"
#include "results/run_writer.h"

namespace bench::harness {

// Bytes of PpoTask::StateTensors, at most.
int64_t MostStateBytes(const PpoSpec& spec);

class PpoTask : public TrainingTask {
 public:
  // `mixture.prompts`, what `parts` refers to, `writer` and `ranges` must outlive the task.
  struct Parts {
    RolloutParts rollout;
    PpoMixture mixture;
    results::RunWriter& writer;
    RangeTable& ranges;
    Evaluator evaluator;
  };
  explicit PpoTask(Parts parts);

  const std::vector<models::NamedTensor>& parameters() const override {
    return p_.rollout.actor_critic.parameters();
  }
  absl::StatusOr<Window> NextWindow() override;
  at::Tensor LossSum(int64_t micro_batch) override;
  const results::MetricDescriptor& loss_metric() const override { return results::kPpoLoss; }
  std::vector<results::MetricValue> WindowMetrics() const override;
  absl::StatusOr<Evaluation> Evaluate(EvaluationPoint point, int64_t step) override {
    return p_.evaluator(point, step);
  }
  nlohmann::json SaveState() const override;
  absl::Status RestoreState(const nlohmann::json& state) override;
  std::vector<models::NamedTensor> StateTensors() const override;
  absl::Status RestoreTensors(const std::vector<models::NamedTensor>& tensors) override;

 private:
  struct Phase {
    int64_t num_rollouts = 0;        // so far, with this one
    int64_t position = 0;            // mini-batches of this rollout that were taken
    double kl_coefficient = 0;       // of the next rollout
    std::vector<MixtureDraw> draws;  // its prompts
    Rollout rollout;
  };
  // The mini-batch that the current step trains on.
  struct MiniBatchState {
    std::vector<RolloutBatch> micro_batches;
    double tokens_per_value = 1;  // response tokens a position with a value
    PpoStatistics statistics;
    std::vector<results::MetricValue> rollout_metrics;  // of a rollout's first step only
  };

  const PpoSpec& spec() const { return p_.rollout.spec; }
  bool InsideRollout() const {
    return phase_.num_rollouts > 0 && phase_.position < spec().steps_per_rollout();
  }
  const PpoPrompt& PromptOf(const MixtureDraw& draw) const {
    return (*p_.mixture.prompts[draw.part])[static_cast<size_t>(draw.row)];
  }
  absl::Status StartRollout();
  // What the loss has beside the policy's part.
  at::Tensor ValueLoss(const ActorCritic::Outputs& outputs, const RolloutBatch& batch);
  at::Tensor KlLoss(const ActorCritic::Outputs& outputs, const RolloutBatch& batch);
  absl::Status RecordRollout(const std::vector<results::MetricValue>& metrics);

  Parts p_;
  MixtureSampler sampler_;
  Phase phase_;
  MiniBatchState window_;
};

}  // namespace bench::harness
