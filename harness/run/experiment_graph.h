// The experiments that an experiment needs, and those that they need: the one walk over definitions
// that name each other's artifacts.
//
// An artifact is found in the store by its recipe key, which has the digests of everything that it
// was made from; where one of those is not there, the key is not known and neither is it. What is
// done about an artifact that is not there is the caller's. Each experiment is looked at once.
// Errors: UsageError where experiments need each other in turn, or cannot make what is needed.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/context/needs.h"
#include "harness/definition/load.h"
#include "harness/stages/stage.h"
#include "harness/store/store.h"

namespace bench::harness {

struct ResolvedInputs {
  std::map<std::string, Artifact> artifacts;  // by role
  InputDigests digests;                       // of those and of content from outside the store
};

class ExperimentGraph {
 public:
  // An experiment whose artifact the store does not have.
  struct Missing {
    const LoadedDefinition& loaded;
    const Stage& stage;
    const ResolvedInputs& inputs;    // those that are there
    std::optional<std::string> key;  // known where all are
  };
  // Called after the same for whatever it needs itself. Returns the artifact if it makes it.
  using WhenMissing = std::function<absl::StatusOr<std::optional<Artifact>>(const Missing&)>;

  // `store` and `experiments_root` must outlive it.
  ExperimentGraph(const Store& store, const std::string& experiments_root,
                  WhenMissing when_missing = nullptr);

  absl::StatusOr<ResolvedInputs> InputsOf(const Stage& stage);
  absl::StatusOr<std::optional<Artifact>> ArtifactOf(const ArtifactRef& artifact);

 private:
  struct Experiment {
    StageKind kind;
    std::optional<Artifact> artifact;
  };
  // `need`: what it is needed as, where that is known; nothing is made that cannot be it.
  absl::StatusOr<const Experiment*> LookAt(const std::string& name, const InputNeed* need);
  absl::StatusOr<std::optional<Artifact>> FindOrMake(const LoadedDefinition& loaded);

  const Store& store_;
  const std::string& experiments_root_;
  const WhenMissing when_missing_;
  std::map<std::string, Experiment> looked_at_;  // by NAME@N
  std::vector<std::string> path_;                // of those that are being looked at
};

// UsageError where an experiment of stage `kind` cannot make what is needed.
absl::Status CheckKind(const InputNeed& need, StageKind kind);
// UsageError for an experiment that is among those of `path`, which need each other in turn.
absl::Status CheckNotOnPath(const std::string& name, const std::vector<std::string>& path);

}  // namespace bench::harness
