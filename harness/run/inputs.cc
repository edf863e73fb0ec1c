#include "harness/run/inputs.h"

#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/run/child_process.h"
#include "harness/run/stage_factory.h"

namespace bench::harness {
namespace {

// The status of a child that was needed and failed: its exit code becomes ours.
absl::Status ChildFailed(const std::string& experiment, int exit_code) {
  const std::string message =
      absl::StrCat(experiment, ", which is needed first, ended with exit code ", exit_code);
  switch (static_cast<ExitCode>(exit_code)) {
    case ExitCode::kRegressed:
      return RejectedError(message);
    case ExitCode::kUsage:
      return UsageError(message);
    case ExitCode::kIncomparable:
      return IncomparableError(message);
    case ExitCode::kBadData:
      return DataError(message);
    default:
      return EnvironmentError(message);
  }
}

class Resolver {
 public:
  explicit Resolver(const InputSources& sources) : sources_(sources) {}

  absl::StatusOr<ResolvedInputs> Resolve(const Stage& stage) {
    ResolvedInputs inputs;
    BENCH_ASSIGN_OR_RETURN(inputs.digests, stage.ContentDigests(sources_.experiments_root));
    for (const InputNeed& need : stage.Inputs()) {
      BENCH_ASSIGN_OR_RETURN(Artifact artifact, FindOrMake(need));
      inputs.digests[need.role] = artifact.digest;
      inputs.artifacts.emplace(need.role, std::move(artifact));
    }
    return inputs;
  }

 private:
  absl::StatusOr<Artifact> FindOrMake(const InputNeed& need) {
    const std::string name = ToString(need.artifact);
    BENCH_RETURN_IF_ERROR(CheckNotOnPath(name, path_));
    path_.push_back(name);
    BENCH_ASSIGN_OR_RETURN(const LoadedDefinition definition,
                           LoadDefinition(name, LoadOptions{sources_.experiments_root, {}}));
    BENCH_RETURN_IF_ERROR(CheckKind(need, definition.definition.kind()));
    const std::unique_ptr<Stage> stage = MakeStage(definition.definition);
    BENCH_ASSIGN_OR_RETURN(const ResolvedInputs inputs, Resolve(*stage));
    const std::string key = RecipeKey(definition.sha256, inputs.digests);
    path_.pop_back();

    BENCH_ASSIGN_OR_RETURN(std::optional<Artifact> found, sources_.store.Find(key));
    if (found) return *std::move(found);
    sources_.progress.Note(absl::StrCat(name, " is not in the store: running it first"));
    BENCH_ASSIGN_OR_RETURN(const int exit_code,
                           RunSelf({name, "--experiments", sources_.experiments_root, "--device",
                                    std::string(Name(sources_.device))},
                                   ChildOutput::kDiscard));
    if (exit_code != 0) return ChildFailed(name, exit_code);
    BENCH_ASSIGN_OR_RETURN(found, sources_.store.Find(key));
    if (found) return *std::move(found);
    return EnvironmentError(
        absl::StrCat(name, " ran but left no artifact in the store ", sources_.store.root()));
  }

  const InputSources& sources_;
  std::vector<std::string> path_;  // of experiments that are being resolved
};

}  // namespace

absl::Status CheckKind(const InputNeed& need, StageKind kind) {
  if (absl::c_linear_search(need.made_by, kind)) return absl::OkStatus();
  const std::string wanted =
      absl::StrJoin(need.made_by, " or ", [](std::string* text, StageKind made_by) {
        absl::StrAppend(text, std::string(Name(made_by)));
      });
  return UsageError(absl::StrCat(ToString(need.artifact), " cannot be the ", need.role,
                                 ": it is an experiment of stage ", std::string(Name(kind)),
                                 ", not ", wanted));
}

absl::Status CheckNotOnPath(const std::string& name, const std::vector<std::string>& path) {
  if (!absl::c_linear_search(path, name)) return absl::OkStatus();
  return UsageError(
      absl::StrCat("experiments need each other: ", absl::StrJoin(path, " -> "), " -> ", name));
}

absl::StatusOr<ResolvedInputs> ResolveInputs(const Stage& stage, const InputSources& sources) {
  return Resolver(sources).Resolve(stage);
}

namespace {

// Looks at what there is. Experiments that need each other in turn are an error.
class KnownInputs {
 public:
  KnownInputs(const Store& store, const std::string& experiments_root)
      : store_(store), experiments_root_(experiments_root) {}

  absl::StatusOr<std::optional<Artifact>> Find(const ArtifactRef& artifact) {
    const std::string name = ToString(artifact);
    BENCH_RETURN_IF_ERROR(CheckNotOnPath(name, path_));
    BENCH_ASSIGN_OR_RETURN(const LoadedDefinition definition,
                           LoadDefinition(name, LoadOptions{experiments_root_, {}}));
    const std::unique_ptr<Stage> stage = MakeStage(definition.definition);
    path_.push_back(name);
    BENCH_ASSIGN_OR_RETURN(const InputDigests digests, Digests(*stage));
    path_.pop_back();
    for (const InputNeed& need : stage->Inputs()) {
      if (!digests.contains(need.role)) return std::nullopt;
    }
    return store_.Find(RecipeKey(definition.sha256, digests));
  }

  absl::StatusOr<InputDigests> Digests(const Stage& stage) {
    BENCH_ASSIGN_OR_RETURN(InputDigests digests, stage.ContentDigests(experiments_root_));
    for (const InputNeed& need : stage.Inputs()) {
      BENCH_ASSIGN_OR_RETURN(const std::optional<Artifact> input, Find(need.artifact));
      if (input) digests[need.role] = input->digest;
    }
    return digests;
  }

 private:
  const Store& store_;
  const std::string& experiments_root_;
  std::vector<std::string> path_;  // of experiments that are being looked at
};

}  // namespace

absl::StatusOr<std::optional<Artifact>> FindArtifact(const ArtifactRef& artifact,
                                                     const Store& store,
                                                     const std::string& experiments_root) {
  return KnownInputs(store, experiments_root).Find(artifact);
}

absl::StatusOr<InputDigests> KnownDigests(const Stage& stage, const Store& store,
                                          const std::string& experiments_root) {
  return KnownInputs(store, experiments_root).Digests(stage);
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
