// Stage "reward": a reward model from preferences. Artifact: artifact.h.
#pragma once

#include "harness/definition/reward_spec.h"
#include "harness/stages/training_stage.h"
#include "harness/store/store.h"

namespace bench::harness {

class RewardStage : public TrainingStage<RewardSpec> {
 public:
  using TrainingStage::TrainingStage;
  std::vector<InputNeed> Inputs() const override;
  absl::StatusOr<InputDigests> ContentDigests(const std::string& experiments_root) const override;
  absl::StatusOr<DiskNeed> Disk(const std::map<std::string, Artifact>& inputs) const override;
  absl::StatusOr<StageOutcome> Run(RunContext& context) override;
};

}  // namespace bench::harness
