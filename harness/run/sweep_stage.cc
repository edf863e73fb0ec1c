#include "harness/run/sweep_stage.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/run/child_process.h"
#include "harness/run/stage_factory.h"
#include "harness/run/sweep_child_records.h"
#include "harness/run/sweep_child_runs.h"
#include "harness/run/sweep_children.h"
#include "harness/run/sweep_fits.h"
#include "nlohmann/json.hpp"
#include "results/pages/sweep_charts.h"
#include "results/sweeps/sweep_record.h"

namespace bench::harness {
namespace {

using results::RunStatus;

// What stands for the state of the program: the content of its file.
absl::StatusOr<std::string> ProgramOf(SweepReuse reuse) {
  if (reuse == SweepReuse::kRecipe) return std::string();
  return Sha256File("/proc/self/exe");
}

// What the children's experiments need first is no part of the sweep's own time.
absl::StatusOr<std::vector<SweepChild>> Resolve(const std::vector<LoadedPoint>& points,
                                                const std::vector<int64_t>& replicates,
                                                const ChildPlaces& places, RunContext& context) {
  const RunClock::Charge charge(context.clock, RunClock::Account::kPrerequisites);
  return ResolveChildren(points, replicates, places, context.progress);
}

absl::Status CheckEnded(const ChildRuns& runs, size_t num_children, RunContext& context) {
  if (!runs.failures.empty()) {
    return StatusOfExit(runs.worst_exit_code,
                        absl::StrCat(runs.failures.size(), " of ", num_children,
                                     " children failed; the first: ", runs.failures.front()));
  }
  BENCH_RETURN_IF_ERROR(context.writer.Note("children_run", runs.num_run));
  return context.writer.Note("children_found", runs.num_found);
}

absl::Status LeaveArtifact(const SweepSpec& spec, const ChildRecords& records,
                           const results::Sweep& sweep, const RunContext& context) {
  const nlohmann::json said = {{"experiment", ToString(spec.experiment)},
                               {"children", records.runs()}};
  BENCH_RETURN_IF_ERROR(
      PublishFile(absl::StrCat(context.artifact_folder, "/sweep.json"), said.dump(1) + "\n"));
  const std::string figure = results::SweepFigure(sweep);
  if (figure.empty()) return absl::OkStatus();
  BENCH_RETURN_IF_ERROR(PublishFile(absl::StrCat(context.artifact_folder, "/figure.svg"), figure));
  return PublishFile(absl::StrCat(context.folder, "/figure.svg"), figure);
}

}  // namespace

absl::StatusOr<InputDigests> SweepStage::ContentDigests(const std::string& experiments_root) const {
  BENCH_ASSIGN_OR_RETURN(const std::vector<LoadedPoint> points,
                         LoadPoints(spec(), experiments_root));
  std::string text = "bench-sweep\n";
  for (const LoadedPoint& point : points) {
    absl::StrAppend(&text, point.point.name, " ", point.loaded.sha256, "\n");
    BENCH_ASSIGN_OR_RETURN(const InputDigests content,
                           MakeStage(point.loaded.definition)->ContentDigests(experiments_root));
    for (const auto& [role, digest] : content) absl::StrAppend(&text, role, " ", digest, "\n");
  }
  return InputDigests{{"children", Sha256Hex(text)}};
}

absl::StatusOr<StageOutcome> SweepStage::Run(RunContext& context) {
  SweepMembers members;
  BENCH_ASSIGN_OR_RETURN(members.points, LoadPoints(spec(), context.experiments_root));
  BENCH_ASSIGN_OR_RETURN(const std::string program, ProgramOf(spec().reuse));
  const ChildPlaces places = {context.store, context.experiments_root, context.device, program};
  const std::vector<int64_t> replicates = ReplicatesOf(context.seeds.replicate, spec().replicates);
  BENCH_ASSIGN_OR_RETURN(members.children, Resolve(members.points, replicates, places, context));
  BENCH_ASSIGN_OR_RETURN(const ChildRuns runs, RunChildren(members, spec(), places, context));
  BENCH_RETURN_IF_ERROR(CheckNotStopped());
  BENCH_RETURN_IF_ERROR(CheckEnded(runs, members.children.size(), context));
  ChildRecords records(spec(), members, context);
  BENCH_RETURN_IF_ERROR(records.RecordAll());
  const results::Sweep sweep = records.Collect(replicates.front());
  BENCH_RETURN_IF_ERROR(results::RecordSweep(context.writer, sweep));
  BENCH_RETURN_IF_ERROR(RecordFits(spec(), members.points, sweep, context));
  BENCH_RETURN_IF_ERROR(records.CheckMeasured());
  BENCH_RETURN_IF_ERROR(LeaveArtifact(spec(), records, sweep, context));
  return StageOutcome{
      records.any_diverged() ? RunStatus::kDiverged : RunStatus::kComplete, {}, true};
}

}  // namespace bench::harness
