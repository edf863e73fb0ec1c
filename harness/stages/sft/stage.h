// Stage "sft": supervised fine-tuning. Artifact: a Hugging Face folder (config.json,
// model.safetensors), tokenizer.model, and prompt.json (how a prompt is written for this model).
#pragma once

#include "harness/definition/sft_spec.h"
#include "harness/stages/training_stage.h"
#include "harness/store/store.h"

namespace bench::harness {

class SftStage : public TrainingStage<SftSpec> {
 public:
  using TrainingStage::TrainingStage;
  std::vector<InputNeed> Inputs() const override;
  absl::StatusOr<InputDigests> ContentDigests(const std::string& experiments_root) const override;
  absl::StatusOr<DiskNeed> Disk(const std::map<std::string, Artifact>& inputs) const override;
  absl::StatusOr<StageOutcome> Run(RunContext& context) override;
};

}  // namespace bench::harness
