// Supervised fine-tuning as a training task.
//
// Loss of an optimizer step = sum of NLL over the target tokens of its rows / number of those
// tokens, whatever the number of micro-batches; prompt tokens are not trained on, EOS always is.
// Rows are packed without padding unless the definition pads them (Packing), and the head is
// computed at target positions only.
#pragma once

#include <vector>

#include "harness/definition/sft_spec.h"
#include "harness/stages/causal_batch.h"
#include "harness/stages/sft_data.h"
#include "harness/training/mixture_sampler.h"
#include "harness/training/task.h"
#include "models/decoder.h"

namespace bench::harness {

// Every row without its last token, padded on the right if asked for.
CausalBatch MakeSftBatch(const std::vector<const SftRow*>& rows, Packing packing,
                         at::Device device);

class SftTask : public TrainingTask {
 public:
  // `spec`, `data` and `decoder` must outlive the task.
  SftTask(const SftSpec& spec, const SftData& data, MixtureSampler sampler,
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
  const SftSpec& spec_;
  const models::Decoder& decoder_;
  MixtureSampler sampler_;
  Evaluator evaluator_;
  std::vector<const std::vector<SftRow>*> parts_;  // training rows of each part of the mixture
  std::vector<CausalBatch> window_;                // its micro-batches
};

}  // namespace bench::harness
