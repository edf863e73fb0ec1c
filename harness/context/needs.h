// What a stage needs before it runs: artifacts of other experiments, and disk.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/definition/definition.h"

namespace bench::harness {

// What a stage needs of another experiment, by the role it plays here.
struct InputNeed {
  std::string role;  // "dataset", "tokenizer", "initial_weights"
  ArtifactRef artifact;
  std::vector<StageKind> made_by;  // the stages whose artifact it may be
};

// What a run writes at most, by where it goes.
struct DiskNeed {
  int64_t run_folder_bytes = 0;  // checkpoints
  int64_t artifact_bytes = 0;
};

}  // namespace bench::harness
