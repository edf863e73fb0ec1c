// Causal language modelling as a training task.
//
// Loss of an optimizer step = sum of NLL over the targets of its sequences / their number, whatever
// the number of micro-batches. Every epoch takes each sequence once, in a fresh permutation.
#pragma once

#include <vector>

#include "harness/stages/clm_data.h"
#include "harness/training/mixture_sampler.h"
#include "harness/training/task.h"

namespace bench::harness {

class ClmTask : public TrainingTask {
 public:
  // `spec`, `sequences` and `decoder` must outlive the task.
  ClmTask(const ClmSpec& spec, const ClmSequences& sequences, const SeedSource& seeds,
          const models::Decoder& decoder, Evaluator evaluator);

  const std::vector<models::NamedTensor>& parameters() const override {
    return decoder_.parameters();
  }
  absl::StatusOr<Window> NextWindow() override;
  at::Tensor LossSum(int64_t micro_batch) override;
  absl::StatusOr<Evaluation> Evaluate(EvaluationPoint point, int64_t step) override;
  nlohmann::json SaveState() const override;
  absl::Status RestoreState(const nlohmann::json& state) override;

 private:
  const ClmSpec& spec_;
  const ClmSequences& sequences_;
  const models::Decoder& decoder_;
  MixtureSampler sampler_;
  Evaluator evaluator_;
  std::vector<CausalBatch> window_;  // its micro-batches
};

}  // namespace bench::harness
