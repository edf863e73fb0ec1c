// Stage "clm": pre-training by causal language modelling. Artifact: as that of stage "sft", with
// the prompt template "plain", since such a model continues text.
#pragma once

#include "harness/definition/clm_spec.h"
#include "harness/stages/stage.h"

namespace bench::harness {

class ClmStage : public Stage {
 public:
  explicit ClmStage(const Definition& definition)
      : run_(definition.run), spec_(std::get<ClmSpec>(definition.stage)) {}
  std::vector<InputNeed> Inputs() const override;
  absl::StatusOr<InputDigests> ContentDigests(const std::string& experiments_root) const override;
  absl::StatusOr<DiskNeed> Disk(const std::map<std::string, Artifact>& inputs) const override;
  absl::Status CheckRanks(int64_t num_ranks) const override;
  absl::StatusOr<StageOutcome> Run(RunContext& context) override;

 private:
  const RunSpec& run_;
  const ClmSpec& spec_;
};

}  // namespace bench::harness
