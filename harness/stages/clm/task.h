// Causal language modelling as a training task.
//
// The loss is causal_task.h's. Every epoch takes each sequence once, in a fresh permutation.
#pragma once

#include <vector>

#include "harness/determinism/seeds.h"
#include "harness/stages/batches/causal_task.h"
#include "harness/stages/clm/data.h"

namespace bench::harness {

class ClmTask : public CausalTask {
 public:
  // All must outlive the task.
  struct Parts {
    const ClmSpec& spec;
    const ClmSequences& sequences;
    const models::Decoder& decoder;
    Ranks& ranks;
  };
  ClmTask(const Parts& parts, const SeedSource& seeds, Evaluator evaluator);

 private:
  CausalBatch MakeBatch(const std::vector<MixtureDraw>& draws) const override;

  const ClmSpec& spec_;
  const ClmSequences& sequences_;
};

}  // namespace bench::harness
