// Stage "sft": supervised fine-tuning. Artifact: a Hugging Face folder (config.json,
// model.safetensors), tokenizer.model, and prompt.json (how a prompt is written for this model).
#pragma once

#include "harness/definition/sft_spec.h"
#include "harness/stages/stage.h"

namespace bench::harness {

class SftStage : public Stage {
 public:
  explicit SftStage(const Definition& definition)
      : run_(definition.run), spec_(std::get<SftSpec>(definition.stage)) {}
  std::vector<InputNeed> Inputs() const override;
  absl::StatusOr<InputDigests> ContentDigests(const std::string& experiments_root) const override;
  absl::StatusOr<DiskNeed> Disk(const std::map<std::string, Artifact>& inputs) const override;
  absl::Status CheckRanks(int64_t num_ranks) const override;
  absl::StatusOr<StageOutcome> Run(RunContext& context) override;

 private:
  const RunSpec& run_;
  const SftSpec& spec_;
};

}  // namespace bench::harness
