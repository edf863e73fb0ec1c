#include "harness/run/experiment_graph.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "harness/run/stage_factory.h"

namespace bench::harness {

ExperimentGraph::ExperimentGraph(const Store& store, const std::string& experiments_root,
                                 WhenMissing when_missing)
    : store_(store), experiments_root_(experiments_root), when_missing_(std::move(when_missing)) {}

absl::StatusOr<ResolvedInputs> ExperimentGraph::InputsOf(const Stage& stage) {
  ResolvedInputs inputs;
  BENCH_ASSIGN_OR_RETURN(inputs.digests, stage.ContentDigests(experiments_root_));
  for (const InputNeed& need : stage.Inputs()) {
    BENCH_ASSIGN_OR_RETURN(const Experiment* experiment, LookAt(ToString(need.artifact), &need));
    if (!experiment->artifact) continue;
    inputs.digests[need.role] = experiment->artifact->digest;
    inputs.artifacts.emplace(need.role, *experiment->artifact);
  }
  return inputs;
}

absl::StatusOr<std::optional<Artifact>> ExperimentGraph::ArtifactOf(const ArtifactRef& artifact) {
  BENCH_ASSIGN_OR_RETURN(const Experiment* experiment, LookAt(ToString(artifact), nullptr));
  return experiment->artifact;
}

absl::StatusOr<const ExperimentGraph::Experiment*> ExperimentGraph::LookAt(const std::string& name,
                                                                           const InputNeed* need) {
  BENCH_RETURN_IF_ERROR(CheckNotOnPath(name, path_));
  const auto check = [need](StageKind kind) {
    return need == nullptr ? absl::OkStatus() : CheckKind(*need, kind);
  };
  if (const auto known = looked_at_.find(name); known != looked_at_.end()) {
    BENCH_RETURN_IF_ERROR(check(known->second.kind));
    return &known->second;
  }
  BENCH_ASSIGN_OR_RETURN(const LoadedDefinition loaded,
                         LoadDefinition(name, LoadOptions{experiments_root_, {}}));
  BENCH_RETURN_IF_ERROR(check(loaded.definition.kind()));
  path_.push_back(name);
  BENCH_ASSIGN_OR_RETURN(std::optional<Artifact> artifact, FindOrMake(loaded));
  path_.pop_back();
  const Experiment experiment = {loaded.definition.kind(), std::move(artifact)};
  return &looked_at_.emplace(name, experiment).first->second;
}

absl::StatusOr<std::optional<Artifact>> ExperimentGraph::FindOrMake(
    const LoadedDefinition& loaded) {
  const std::unique_ptr<Stage> stage = MakeStage(loaded.definition);
  BENCH_ASSIGN_OR_RETURN(const ResolvedInputs inputs, InputsOf(*stage));
  std::optional<std::string> key;
  if (inputs.artifacts.size() == stage->Inputs().size()) {
    key = RecipeKey(loaded.sha256, inputs.digests);
    BENCH_ASSIGN_OR_RETURN(std::optional<Artifact> found, store_.Find(*key));
    if (found) return found;
  }
  if (!when_missing_) return std::nullopt;
  return when_missing_({loaded, *stage, inputs, std::move(key)});
}

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

}  // namespace bench::harness
