// Stage "refusals": rows for fine-tuning a model on its own errors (labels.h).
//
// The questions are the held-out rows of a data set of rows. In each group they take turns: one is
// tuned on, the next one is tested. The model is asked the questions of both; of those that are
// tuned on the definition says which a refusal answers. Training rows are these questions with
// their answers or refusals, and beside them a share of the data set's own training rows that ask
// no question; held-out rows are the tested questions with their right answers, in the data set's
// groups. Artifact: a data set of rows with the tokenizer of the symbols, as of stage "generated".
// Draws come from the rows' streams "refusals/labels" and "refusals/statements" of the definition's
// base seed, so that replicates have the same rows. Tables: data (by part and group: questions,
// those that the model answers rightly, refusals, rows written), samples.
#pragma once

#include <map>
#include <string>

#include "harness/definition/definition.h"
#include "harness/stages/stage.h"

namespace bench::harness {

class RefusalsStage : public Stage {
 public:
  // `definition` must outlive it.
  explicit RefusalsStage(const Definition& definition);
  std::vector<InputNeed> Inputs() const override;
  absl::StatusOr<InputDigests> ContentDigests(const std::string& experiments_root) const override;
  absl::StatusOr<DiskNeed> Disk(const std::map<std::string, Artifact>& inputs) const override;
  absl::StatusOr<StageOutcome> Run(RunContext& context) override;

 private:
  const Definition& definition_;
  const RefusalsSpec& spec_;
};

}  // namespace bench::harness
