// Stage "generated": rows of symbols that a grammar draws (harness/generated), as a data set of
// rows with targets (harness/data/row_dataset.h) and, beside it as tokenizer.model, the tokenizer
// of the symbols; of rows that are statements also which ones are true (statement_space.h).
//
// The artifact depends on the definition and the version of its grammar, not on the replicate.
// Tables: data (rows and tokens by part and group), samples, and, where the grammar has predictors,
// predictors (their mean loss by position). held_out_in_training counts held-out keys that training
// rows have, read from the files as they were written; a grammar without keys has none to count.
#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "harness/definition/definition.h"
#include "harness/stages/stage.h"

namespace bench::harness {

class GeneratedStage : public Stage {
 public:
  // `definition` must outlive it.
  explicit GeneratedStage(const Definition& definition);
  // The version of the grammar, under the role "grammar".
  absl::StatusOr<InputDigests> ContentDigests(const std::string& experiments_root) const override;
  // Estimated by the longest of the first rows.
  absl::StatusOr<DiskNeed> Disk(const std::map<std::string, Artifact>& inputs) const override;
  absl::StatusOr<StageOutcome> Run(RunContext& context) override;

 private:
  const Definition& definition_;
  const GeneratedSpec& spec_;
};

}  // namespace bench::harness
