#include "harness/run/prerequisites.h"

#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/definition/load.h"
#include "harness/run/experiment_graph.h"
#include "harness/store/store_report.h"
#include "harness/store/store_runs.h"
#include "results/comparison/usable_times.h"
#include "results/isolated_reader.h"
#include "results/metrics.h"
#include "results/run_writer.h"

namespace bench::harness {
namespace {

// Of a run of that very definition.
std::optional<double> SecondsOf(const StoreRun& run, const std::string& definition_sha256) {
  const std::string path = absl::StrCat(run.folder, "/", internal::View(results::kResultsName));
  if (!Exists(path)) return std::nullopt;
  const auto record = results::ReadResultsIsolated(path);
  if (!record.ok() || record->status != results::RunStatus::kComplete) return std::nullopt;
  if (record->header.definition_sha256 != definition_sha256) return std::nullopt;
  if (results::IsProfiled(*record)) return std::nullopt;
  const auto time = record->summary.find(std::string(results::kWallTime.name));
  if (time == record->summary.end()) return std::nullopt;
  return time->second.value;
}

// No figure is worth ending a run for: what cannot be read is not known.
std::optional<double> LastSeconds(const LoadedDefinition& loaded, const Store& store) {
  if (!loaded.version) return std::nullopt;  // other files may have its name
  const auto runs = RunsInStore(store, ToString(ArtifactRef{loaded.name, loaded.version}));
  if (!runs.ok()) return std::nullopt;
  for (auto run = runs->rbegin(); run != runs->rend(); ++run) {
    if (const auto seconds = SecondsOf(*run, loaded.sha256)) return seconds;
  }
  return std::nullopt;
}

// Disk is absent while an input is missing, whose sizes it follows from.
absl::StatusOr<ExperimentCost> CostWith(const LoadedDefinition& loaded, const Stage& stage,
                                        const ResolvedInputs& inputs, const Store& store) {
  ExperimentCost cost{.experiment = ToString(ArtifactRef{loaded.name, loaded.version}),
                      .seconds = LastSeconds(loaded, store),
                      .disk_bytes = {}};
  if (inputs.artifacts.size() < stage.Inputs().size()) return cost;
  BENCH_ASSIGN_OR_RETURN(const DiskNeed disk, stage.Disk(inputs.artifacts));
  cost.disk_bytes = disk.run_folder_bytes + disk.artifact_bytes;
  return cost;
}

// Of those that are known; the others are counted.
std::string TotalText(const std::vector<ExperimentCost>& missing) {
  double seconds = 0;
  int64_t bytes = 0;
  int64_t without_time = 0;
  int64_t without_disk = 0;
  for (const ExperimentCost& cost : missing) {
    seconds += cost.seconds.value_or(0);
    bytes += cost.disk_bytes.value_or(0);
    without_time += cost.seconds ? 0 : 1;
    without_disk += cost.disk_bytes ? 0 : 1;
  }
  const int64_t num = std::ssize(missing);
  std::string text;
  if (without_time < num) absl::StrAppend(&text, "together ", DurationText(seconds));
  if (without_time > 0 && without_time < num) {
    absl::StrAppend(&text, " and ", without_time, " not measured");
  }
  if (bytes == 0) return text;
  absl::StrAppend(&text, text.empty() ? "together " : ", ", BytesText(bytes), " of disk");
  if (without_disk > 0) absl::StrAppend(&text, " and ", without_disk, " not known yet");
  return text;
}

}  // namespace

std::string DurationText(double seconds) {
  const auto whole = static_cast<int64_t>(std::llround(seconds));
  if (whole >= 3600) return absl::StrFormat("%d h %d min", whole / 3600, whole % 3600 / 60);
  if (whole >= 60) return absl::StrFormat("%d min %d s", whole / 60, whole % 60);
  return absl::StrFormat("%d s", whole);
}

std::string CostText(const std::optional<double>& seconds,
                     const std::optional<int64_t>& disk_bytes) {
  const std::string time =
      seconds ? absl::StrCat("took ", DurationText(*seconds), " when last measured here")
              : std::string("time not measured here");
  if (!disk_bytes) return absl::StrCat(time, ", disk known once its inputs are there");
  if (*disk_bytes == 0) return absl::StrCat(time, ", little disk");
  return absl::StrCat(time, ", at most ", BytesText(*disk_bytes), " of disk");
}

absl::StatusOr<ExperimentCost> CostOf(const LoadedDefinition& loaded, const Stage& stage,
                                      const Store& store, const std::string& experiments_root) {
  BENCH_ASSIGN_OR_RETURN(const ResolvedInputs inputs,
                         ExperimentGraph(store, experiments_root).InputsOf(stage));
  return CostWith(loaded, stage, inputs, store);
}

absl::StatusOr<std::vector<ExperimentCost>> MissingPrerequisites(
    const Stage& stage, const Store& store, const std::string& experiments_root) {
  std::vector<ExperimentCost> costs;
  ExperimentGraph graph(
      store, experiments_root,
      [&](const ExperimentGraph::Missing& missing) -> absl::StatusOr<std::optional<Artifact>> {
        BENCH_ASSIGN_OR_RETURN(ExperimentCost cost,
                               CostWith(missing.loaded, missing.stage, missing.inputs, store));
        costs.push_back(std::move(cost));
        return std::nullopt;
      });
  BENCH_RETURN_IF_ERROR(graph.InputsOf(stage).status());
  return costs;
}

std::vector<std::string> PrerequisiteLines(const std::vector<ExperimentCost>& missing) {
  std::vector<std::string> lines;
  if (missing.empty()) return lines;
  lines.push_back(missing.size() == 1
                      ? std::string("needs an experiment first, which the store does not have:")
                      : absl::StrCat("needs ", missing.size(),
                                     " experiments first, which the store does not have, in this "
                                     "order:"));
  for (const ExperimentCost& cost : missing) {
    lines.push_back(
        absl::StrCat("  ", cost.experiment, ": ", CostText(cost.seconds, cost.disk_bytes)));
  }
  const std::string total = TotalText(missing);
  if (missing.size() > 1 && !total.empty()) lines.push_back("  " + total);
  return lines;
}

}  // namespace bench::harness
