// Stage "corpus": files to a filtered, deduplicated, tokenised data set (harness/corpus/pipeline.h,
// harness/data/token_dataset.h). Artifact: that data set.
//
// Any number of ranks shares the work through the run's folder, and leaves the same bytes. A run
// that was stopped or killed goes on with the parts that were not finished, on any number of ranks.
//
// phase_time in the summary, of rank 0's clock: "filters" until the documents are read and
// filtered, "duplicates" until their copies are removed and they are written, "tokens" until the
// data set is.
//
// Tables: sources, read, rejected, removed, removed_samples, shortened, masked, dropped_lines,
// duplicates, decontamination, kept, data, phases (tables.h).
#pragma once

#include <optional>
#include <string>

#include "harness/corpus/pipeline.h"
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
  absl::Status DigestTogether(Ranks& ranks) override;
  absl::StatusOr<DiskNeed> Disk(const std::map<std::string, Artifact>& inputs) const override;
  absl::Status CheckRanks(int64_t) const override { return absl::OkStatus(); }
  absl::StatusOr<StageOutcome> Run(RunContext& context) override;

 private:
  // What every rank reads for itself. The content of `path` all of them read once, for rank 0's
  // digest; what they see of it they compare by names and sizes (corpus::OpenWork).
  absl::StatusOr<InputDigests> DigestsButThePath(const std::string& experiments_root) const;
  absl::StatusOr<StageOutcome> RunIn(const std::string& folder, RunContext& context);
  absl::Status Conclude(const corpus::CorpusPlan& plan, const corpus::PipelineResult& result,
                        const corpus::PhaseRunner& runner, RunContext& context,
                        StageOutcome& outcome) const;

  const RunSpec& run_;
  const CorpusSpec& spec_;
  std::optional<std::string> path_digest_;  // of `path`, on rank 0, once it was read
};

}  // namespace bench::harness
