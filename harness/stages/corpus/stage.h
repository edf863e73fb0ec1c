// Stage "corpus": files to a filtered, deduplicated, tokenised data set (harness/corpus/pipeline.h,
// harness/data/token_dataset.h). Artifact: that data set.
//
// Tables: sources, read, rejected, removed, removed_samples, shortened, masked, dropped_lines,
// duplicates, decontamination, kept, data (tables.h).
#pragma once

#include "harness/definition/corpus_spec.h"
#include "harness/stages/stage.h"
#include "harness/store/store.h"

namespace bench::harness {

class CorpusStage : public Stage {
 public:
  explicit CorpusStage(const Definition& definition)
      : run_(definition.run), spec_(std::get<CorpusSpec>(definition.stage)) {}
  std::vector<InputNeed> Inputs() const override;
  absl::StatusOr<InputDigests> ContentDigests(const std::string& experiments_root) const override;
  absl::StatusOr<DiskNeed> Disk(const std::map<std::string, Artifact>& inputs) const override;
  absl::StatusOr<StageOutcome> Run(RunContext& context) override;

 private:
  const RunSpec& run_;
  const CorpusSpec& spec_;
};

}  // namespace bench::harness
