// Stage "generated": rows of symbols that a grammar draws (harness/generated), as a token data set
// of rows with targets, and the tokenizer of its symbols.
//
// The artifact depends on the definition and the version of its grammar, not on the replicate.
// Tables: groups, samples; predictors where the grammar has some.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "harness/definition/definition.h"
#include "harness/stages/stage.h"

namespace bench::harness {

class GeneratedStage : public Stage {
 public:
  // `definition` must outlive it.
  explicit GeneratedStage(const Definition& definition);
  absl::StatusOr<InputDigests> ContentDigests(const std::string& experiments_root) const override;
  absl::StatusOr<StageOutcome> Run(RunContext& context) override;

 private:
  const Definition& definition_;
  const GeneratedSpec& spec_;
};

}  // namespace bench::harness
