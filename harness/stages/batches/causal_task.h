// Next-token prediction as a training task, whatever the rows are.
//
// Loss of an optimizer step = sum of NLL over the targets of its rows / their number, whatever the
// number of micro-batches.
#pragma once

#include <vector>

#include "harness/definition/training_spec.h"
#include "harness/stages/batches/causal_batch.h"
#include "harness/training/sampled_task.h"
#include "models/decoder.h"

namespace bench::harness {

class CausalTask : public SampledTask {
 public:
  const std::vector<models::NamedTensor>& parameters() const final { return decoder_.parameters(); }
  absl::StatusOr<Window> NextWindow() final;
  at::Tensor LossSum(int64_t micro_batch) final;

 protected:
  // `training`, `decoder` and `ranks` must outlive the task.
  CausalTask(const TrainingSpec& training, const models::Decoder& decoder, MixtureSampler sampler,
             Ranks& ranks, Evaluator evaluator);

  at::Device device() const { return decoder_.device(); }

 private:
  virtual CausalBatch MakeBatch(const std::vector<MixtureDraw>& draws) const = 0;

  const TrainingSpec& training_;
  const models::Decoder& decoder_;
  std::vector<CausalBatch> window_;  // its micro-batches
};

}  // namespace bench::harness
