// Stage "reward": a reward model from preferences. Artifact: reward_artifact.h.
#pragma once

#include "harness/definition/reward_spec.h"
#include "harness/stages/stage.h"

namespace bench::harness {

class RewardStage : public Stage {
 public:
  explicit RewardStage(const Definition& definition)
      : run_(definition.run), spec_(std::get<RewardSpec>(definition.stage)) {}
  std::vector<InputNeed> Inputs() const override;
  absl::StatusOr<InputDigests> ContentDigests(const std::string& experiments_root) const override;
  absl::StatusOr<DiskNeed> Disk(const std::map<std::string, Artifact>& inputs) const override;
  absl::Status CheckRanks(int64_t num_ranks) const override;
  absl::StatusOr<StageOutcome> Run(RunContext& context) override;

 private:
  const RunSpec& run_;
  const RewardSpec& spec_;
};

}  // namespace bench::harness
