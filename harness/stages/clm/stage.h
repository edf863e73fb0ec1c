// Stage "clm": pre-training by causal language modelling. Artifact: as that of stage "sft", with
// the prompt template "plain", since such a model continues text.
#pragma once

#include "harness/definition/clm_spec.h"
#include "harness/evaluation/probes/probe.h"
#include "harness/stages/training_stage.h"
#include "harness/store/store.h"

namespace bench::harness {

class ClmStage : public TrainingStage<ClmSpec> {
 public:
  using TrainingStage::TrainingStage;
  std::vector<InputNeed> Inputs() const override;
  absl::StatusOr<InputDigests> ContentDigests(const std::string& experiments_root) const override;
  absl::StatusOr<DiskNeed> Disk(const std::map<std::string, Artifact>& inputs) const override;
  absl::StatusOr<StageOutcome> Run(RunContext& context) override;

 private:
  LoopSpec ClmLoop() const;
  // Rows of symbols, of stage "generated" or "refusals".
  absl::StatusOr<StageOutcome> RunOnRows(const Probes& probes, RunContext& context);
  absl::StatusOr<StageOutcome> RunOnText(const Probes& probes, RunContext& context);
};

}  // namespace bench::harness
