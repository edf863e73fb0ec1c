// A stage makes an artifact from inputs. Data sets, tokenizers and trained weights are all made
// this way, so a pipeline is a graph of experiments and never code.
//
// To add a stage: its specification in harness/definition, a room of its own here, one line in
// harness/run/stage_factory.cc.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/status.h"
#include "harness/context/needs.h"
#include "harness/context/run_context.h"
#include "harness/measurement/source_state.h"
#include "harness/store/store.h"

namespace bench::harness {

class Stage {
 public:
  virtual ~Stage() = default;
  virtual std::vector<InputNeed> Inputs() const { return {}; }
  // Digests of content from outside the store (declared sources, a user's own files) by role; they
  // join the recipe key.
  virtual absl::StatusOr<InputDigests> ContentDigests(
      [[maybe_unused]] const std::string& experiments_root) const {
    return InputDigests{};
  }
  // Reads content that is too large for one rank, each rank its share, so that ContentDigests on
  // rank 0 reads it no more. Collective; before it any rank may have failed.
  virtual absl::Status DigestTogether([[maybe_unused]] Ranks& ranks) { return absl::OkStatus(); }
  // The state of the source that is measured, where that is not this program's own.
  virtual std::optional<SourceState> Source() const { return std::nullopt; }
  // Estimated before the run begins; beyond it a run has a reserve for what is small.
  virtual absl::StatusOr<DiskNeed> Disk(
      [[maybe_unused]] const std::map<std::string, Artifact>& inputs) const {
    return DiskNeed{};
  }
  // Whether several ranks can run it together. UsageError says why not.
  virtual absl::Status CheckRanks(int64_t num_ranks) const {
    if (num_ranks == 1) return absl::OkStatus();
    return UsageError("this stage runs in one process: leave --nproc out");
  }
  // Records into context.writer, leaves the artifact's files in context.artifact_folder. A
  // StoppedError ends the run as interrupted, with nothing to resume from but the beginning.
  virtual absl::StatusOr<StageOutcome> Run(RunContext& context) = 0;
};

}  // namespace bench::harness
