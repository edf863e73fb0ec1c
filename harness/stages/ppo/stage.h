// Stage "ppo": a policy is tuned towards a reward model or a verifiable reward. Artifact: the
// policy as a decoder artifact (decoder_artifact.h).
#pragma once

#include "harness/definition/ppo_spec.h"
#include "harness/stages/training_stage.h"
#include "harness/store/store.h"

namespace bench::harness {

class PpoStage : public TrainingStage<PpoSpec> {
 public:
  using TrainingStage::TrainingStage;
  std::vector<InputNeed> Inputs() const override;
  absl::StatusOr<InputDigests> ContentDigests(const std::string& experiments_root) const override;
  absl::StatusOr<DiskNeed> Disk(const std::map<std::string, Artifact>& inputs) const override;
  absl::Status CheckRanks(int64_t num_ranks) const override;
  absl::StatusOr<StageOutcome> Run(RunContext& context) override;
};

}  // namespace bench::harness
