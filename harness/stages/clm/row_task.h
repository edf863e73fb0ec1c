// Training on rows of symbols, in the order of a mixture (row_mixture.h). The loss is
// causal_task.h's, over the tokens that are targets. What evaluations keep is part of the state.
#pragma once

#include <vector>

#include "harness/data/row_dataset.h"
#include "harness/definition/clm_spec.h"
#include "harness/determinism/seeds.h"
#include "harness/stages/batches/causal_task.h"
#include "harness/stages/clm/row_measures.h"
#include "harness/stages/clm/row_mixture.h"

namespace bench::harness {

class RowTask : public CausalTask {
 public:
  // All must outlive the task.
  struct Parts {
    const ClmSpec& spec;
    const RowDataset& dataset;
    const models::Decoder& decoder;
    Ranks& ranks;
    RowMeasures* measures = nullptr;  // of the evaluator; null: it has none
  };
  RowTask(const Parts& parts, RowMixture mixture, const SeedSource& seeds, Evaluator evaluator);

  nlohmann::json SaveState() const override;
  absl::Status RestoreState(const nlohmann::json& state) override;
  nlohmann::json GeneratorState() const override { return SampledTask::SaveState(); }

 private:
  CausalBatch MakeBatch(const std::vector<MixtureDraw>& draws) const override;

  const RowDataset& dataset_;
  const RowMixture mixture_;
  RowMeasures* const measures_;
};

}  // namespace bench::harness
