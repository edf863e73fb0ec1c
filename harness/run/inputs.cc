#include "harness/run/inputs.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/run/child_process.h"

namespace bench::harness {
namespace {

// Runs the experiment in a process of its own, and finds what it left.
absl::StatusOr<std::optional<Artifact>> Make(const ExperimentGraph::Missing& missing,
                                             const InputSources& sources) {
  const std::string name = ToString(ArtifactRef{missing.loaded.name, missing.loaded.version});
  sources.progress.Note(absl::StrCat(name, " is not in the store: running it first"));
  BENCH_ASSIGN_OR_RETURN(const int exit_code,
                         RunSelf({name, "--experiments", sources.experiments_root, "--device",
                                  std::string(Name(sources.device))},
                                 ChildOutput::kDiscard));
  if (exit_code != 0) {
    return StatusOfExit(
        exit_code, absl::StrCat(name, ", which is needed first, ended with exit code ", exit_code));
  }
  // Its own inputs are there: they were made before it.
  BENCH_ASSIGN_OR_RETURN(const std::optional<Artifact> made, sources.store.Find(*missing.key));
  if (made) return made;
  return EnvironmentError(
      absl::StrCat(name, " ran but left no artifact in the store ", sources.store.root()));
}

}  // namespace

absl::StatusOr<ResolvedInputs> ResolveInputs(const Stage& stage, const InputSources& sources) {
  return ExperimentGraph(
             sources.store, sources.experiments_root,
             [&](const ExperimentGraph::Missing& missing) { return Make(missing, sources); })
      .InputsOf(stage);
}

absl::StatusOr<std::optional<Artifact>> FindArtifact(const ArtifactRef& artifact,
                                                     const Store& store,
                                                     const std::string& experiments_root) {
  return ExperimentGraph(store, experiments_root).ArtifactOf(artifact);
}

absl::StatusOr<InputDigests> KnownDigests(const Stage& stage, const Store& store,
                                          const std::string& experiments_root) {
  BENCH_ASSIGN_OR_RETURN(ResolvedInputs known,
                         ExperimentGraph(store, experiments_root).InputsOf(stage));
  return std::move(known.digests);
}

absl::Status CheckKnownInputs(const RunFolder& folder, const Stage& stage, const Store& store,
                              const std::string& experiments_root) {
  if (!folder.begun) return absl::OkStatus();
  BENCH_ASSIGN_OR_RETURN(const InputDigests now, KnownDigests(stage, store, experiments_root));
  return CheckSameInputs(folder, now);
}

std::string ArtifactKey(const std::string& recipe_key, int64_t replicate) {
  if (replicate == 0) return recipe_key;
  return Sha256Hex(absl::StrCat("bench-replicate\n", recipe_key, "\n", replicate, "\n"));
}

}  // namespace bench::harness
