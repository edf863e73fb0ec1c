// The artifacts that an experiment needs: found in the store by recipe key, or made first.
//
// An input that is not in the store (or was damaged there) is made by running its experiment in a
// process of its own, which leaves its own results file; the run says so. Cycles are a UsageError.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/context/device.h"
#include "harness/control/progress.h"
#include "harness/run/experiment_graph.h"
#include "harness/run/run_folder.h"
#include "harness/stages/stage.h"
#include "harness/store/store.h"

namespace bench::harness {

struct InputSources {
  const Store& store;
  const std::string& experiments_root;
  Progress& progress;
  DeviceKind device;  // what is made first is made there too
};

absl::StatusOr<ResolvedInputs> ResolveInputs(const Stage& stage, const InputSources& sources);

// The artifact of an experiment if the store has it and everything that it was made from. Makes
// nothing.
absl::StatusOr<std::optional<Artifact>> FindArtifact(const ArtifactRef& artifact,
                                                     const Store& store,
                                                     const std::string& experiments_root);

// The digests of a stage's inputs as far as they are known without making any: an artifact that the
// store does not have is left out.
absl::StatusOr<InputDigests> KnownDigests(const Stage& stage, const Store& store,
                                          const std::string& experiments_root);

// CheckSameInputs (run_folder.h) with KnownDigests, where a run was begun in the folder.
absl::Status CheckKnownInputs(const RunFolder& folder, const Stage& stage, const Store& store,
                              const std::string& experiments_root);

// Key under which a run's artifact is recorded: that of the recipe, and for a replicate other than
// 0, whose weights differ, one of its own.
std::string ArtifactKey(const std::string& recipe_key, int64_t replicate);

}  // namespace bench::harness
