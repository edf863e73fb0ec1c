// Stage "preferences": pairs that a reward model learns from (preference_pairs.h). Artifact:
// train.jsonl and validation.jsonl (harness/data/preferences.h), whose prompts are disjoint.
// Tables: parts (records and prompts of the data set), answers, pairs, samples.
#pragma once

#include "harness/definition/preferences_spec.h"
#include "harness/stages/stage.h"
#include "harness/store/store.h"

namespace bench::harness {

class PreferencesStage : public Stage {
 public:
  explicit PreferencesStage(const PreferencesSpec& spec) : spec_(spec) {}
  std::vector<InputNeed> Inputs() const override;
  absl::StatusOr<InputDigests> ContentDigests(const std::string& experiments_root) const override;
  absl::StatusOr<StageOutcome> Run(RunContext& context) override;

 private:
  const PreferencesSpec& spec_;
};

}  // namespace bench::harness
