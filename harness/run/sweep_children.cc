#include "harness/run/sweep_children.h"

#include <filesystem>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/model_io/chat_template_choice.h"
#include "harness/run/experiment_graph.h"
#include "harness/run/inputs.h"
#include "harness/run/stage_factory.h"
#include "results/isolated_reader.h"
#include "results/run_writer.h"

namespace bench::harness {
namespace {

constexpr size_t kFolderDigits = 16;  // of a SHA-256

std::string NameOf(const LoadedDefinition& loaded) {
  return ToString(ArtifactRef{loaded.name, loaded.version});
}

std::string FolderOf(const LoadedPoint& point, const std::string& recipe_key,
                     const ChildPlaces& places) {
  const std::string digits =
      Sha256Hex(absl::StrCat("bench-child\n", recipe_key, "\n", std::string(Name(places.device)),
                             "\n", places.program, "\n"))
          .substr(0, kFolderDigits);
  const std::string folder =
      absl::StrCat(places.store.root(), "/runs/", NameOf(point.loaded), "/recipe-", digits);
  return std::filesystem::absolute(folder).lexically_normal().string();
}

// Behind the children of earlier points.
void AddChildren(const SweepChild& of_point, const std::vector<int64_t>& replicates,
                 std::vector<SweepChild>& children) {
  for (const int64_t replicate : replicates) {
    SweepChild child = of_point;
    child.replicate = replicate;
    absl::StrAppend(&child.folder, "/r", replicate);
    children.push_back(std::move(child));
  }
}

}  // namespace

absl::StatusOr<std::vector<LoadedPoint>> LoadPoints(const SweepSpec& spec,
                                                    const std::string& experiments_root) {
  std::vector<LoadedPoint> points;
  for (ArmPoint& point : PointsOf(spec)) {
    absl::StatusOr<LoadedDefinition> loaded =
        LoadDefinition(ToString(spec.experiment), {experiments_root, point.overrides});
    if (!loaded.ok()) return Annotate(loaded.status(), absl::StrCat("arm ", point.name));
    ChooseChatTemplate(*loaded);
    points.push_back({std::move(point), *std::move(loaded)});
  }
  return points;
}

absl::StatusOr<std::vector<SweepChild>> ResolveChildren(const std::vector<LoadedPoint>& points,
                                                        const std::vector<int64_t>& replicates,
                                                        const ChildPlaces& places,
                                                        Progress& progress) {
  std::vector<SweepChild> children;
  for (size_t i = 0; i < points.size(); ++i) {
    const std::unique_ptr<Stage> stage = MakeStage(points[i].loaded.definition);
    BENCH_ASSIGN_OR_RETURN(
        const ResolvedInputs inputs,
        ResolveInputs(*stage, {places.store, places.experiments_root, progress, places.device}));
    const std::string key = RecipeKey(points[i].loaded.sha256, inputs.digests);
    AddChildren({i, 0, key, FolderOf(points[i], key, places)}, replicates, children);
  }
  return children;
}

absl::StatusOr<std::vector<SweepChild>> KnownChildren(const std::vector<LoadedPoint>& points,
                                                      const std::vector<int64_t>& replicates,
                                                      const ChildPlaces& places) {
  std::vector<SweepChild> children;
  ExperimentGraph graph(places.store, places.experiments_root);
  for (size_t i = 0; i < points.size(); ++i) {
    const std::unique_ptr<Stage> stage = MakeStage(points[i].loaded.definition);
    BENCH_ASSIGN_OR_RETURN(const ResolvedInputs inputs, graph.InputsOf(*stage));
    if (inputs.artifacts.size() < stage->Inputs().size()) continue;
    const std::string key = RecipeKey(points[i].loaded.sha256, inputs.digests);
    AddChildren({i, 0, key, FolderOf(points[i], key, places)}, replicates, children);
  }
  return children;
}

std::vector<int64_t> ReplicatesOf(int64_t replicate, int64_t count) {
  std::vector<int64_t> replicates;
  for (int64_t i = 0; i < count; ++i) replicates.push_back(replicate * count + i);
  return replicates;
}

std::string SweepMembers::NameOf(const SweepChild& child) const {
  return absl::StrCat(ArmOf(child), " r", child.replicate);
}

std::string ResultsOf(const SweepChild& child) {
  return absl::StrCat(child.folder, "/", internal::View(results::kResultsName));
}

std::optional<results::RunRecord> RecordOf(const SweepChild& child) {
  const std::string path = ResultsOf(child);
  if (!Exists(path)) return std::nullopt;
  auto record = results::ReadResultsIsolated(path);
  if (!record.ok()) return std::nullopt;
  const bool is_it =
      record->header.recipe_key == child.recipe_key && record->header.replicate == child.replicate;
  const bool ended = record->status == results::RunStatus::kComplete ||
                     record->status == results::RunStatus::kDiverged;
  return is_it && ended ? std::optional(*std::move(record)) : std::nullopt;
}

bool IsComplete(const SweepChild& child) {
  const std::optional<results::RunRecord> record = RecordOf(child);
  return record && record->status == results::RunStatus::kComplete;
}

std::vector<std::string> ArgumentsOf(const SweepChild& child, const LoadedPoint& point,
                                     const ChildPlaces& places) {
  std::vector<std::string> arguments = {NameOf(point.loaded), "--experiments",
                                        places.experiments_root};
  for (const std::string& setting : point.point.overrides) {
    arguments.insert(arguments.end(), {"--set", setting});
  }
  arguments.insert(arguments.end(),
                   {"--replicate", absl::StrCat(child.replicate), "--out", child.folder, "--resume",
                    "--device", std::string(Name(places.device))});
  return arguments;
}

}  // namespace bench::harness
