// Training on rows of symbols: every epoch takes each row once, in a fresh permutation. The loss is
// causal_task.h's, over the tokens that are targets.
#pragma once

#include <vector>

#include "harness/data/row_dataset.h"
#include "harness/definition/clm_spec.h"
#include "harness/determinism/seeds.h"
#include "harness/stages/batches/causal_task.h"

namespace bench::harness {

class RowTask : public CausalTask {
 public:
  // All must outlive the task.
  struct Parts {
    const ClmSpec& spec;
    const RowDataset& dataset;
    const models::Decoder& decoder;
    Ranks& ranks;
  };
  RowTask(const Parts& parts, const SeedSource& seeds, Evaluator evaluator);

 private:
  CausalBatch MakeBatch(const std::vector<MixtureDraw>& draws) const override;

  const RowDataset& dataset_;
};

}  // namespace bench::harness
