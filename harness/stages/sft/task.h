// Supervised fine-tuning as a training task.
//
// The loss is causal_task.h's: prompt tokens are not trained on, EOS always is.
// Rows are packed without padding unless the definition pads them (Packing), and the head is
// computed at target positions only.
#pragma once

#include <vector>

#include "harness/definition/sft_spec.h"
#include "harness/stages/batches/causal_task.h"
#include "harness/stages/sft/data.h"

namespace bench::harness {

// Every row without its last token, padded on the right if asked for.
CausalBatch MakeSftBatch(const std::vector<const SftRow*>& rows, Packing packing,
                         at::Device device);

class SftTask : public CausalTask {
 public:
  // All must outlive the task.
  struct Parts {
    const SftSpec& spec;
    const SftData& data;
    const models::Decoder& decoder;
    Ranks& ranks;
  };
  SftTask(const Parts& parts, MixtureSampler sampler, Evaluator evaluator);

 private:
  CausalBatch MakeBatch(const std::vector<MixtureDraw>& draws) const override;

  const SftSpec& spec_;
  std::vector<const std::vector<SftRow>*> parts_;  // training rows of each part of the mixture
};

}  // namespace bench::harness
