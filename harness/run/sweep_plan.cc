#include "harness/run/sweep_plan.h"

#include <cstdio>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/context/torch_runtime.h"
#include "harness/run/plan_command.h"
#include "harness/run/prerequisites.h"
#include "harness/run/stage_factory.h"
#include "harness/run/sweep_children.h"
#include "harness/store/store.h"
#include "results/text.h"

namespace bench::harness {
namespace {

void Print(const std::string& line) { absl::PrintF("%s\n", results::EscapeForTerminal(line)); }

// What any of the points needs, each once.
absl::StatusOr<std::vector<ExperimentCost>> MissingOf(const std::vector<LoadedPoint>& points,
                                                      const Store& store,
                                                      const std::string& experiments_root) {
  std::vector<ExperimentCost> all;
  std::set<std::string> names;
  for (const LoadedPoint& point : points) {
    BENCH_ASSIGN_OR_RETURN(
        std::vector<ExperimentCost> missing,
        MissingPrerequisites(*MakeStage(point.loaded.definition), store, experiments_root));
    for (ExperimentCost& cost : missing) {
      if (names.insert(cost.experiment).second) all.push_back(std::move(cost));
    }
  }
  return all;
}

std::string ArmLine(const LoadedPoint& point, int64_t num_found, int64_t num_replicates,
                    const ExperimentCost& cost) {
  const int64_t num_left = num_replicates - num_found;
  if (num_left == 0) {
    return absl::StrCat("  ", point.point.name, ": the store has all ", num_replicates);
  }
  std::string line =
      absl::StrCat("  ", point.point.name, ": the store has ", num_found, " of ", num_replicates,
                   ", each of the others ", CostText(cost.seconds, cost.disk_bytes));
  if (cost.seconds && num_left > 1) {
    absl::StrAppend(&line, "; one after the other ",
                    DurationText(*cost.seconds * static_cast<double>(num_left)));
  }
  return line;
}

}  // namespace

absl::StatusOr<int> SweepDryRun(const LoadedDefinition& loaded, const Options& options) {
  const auto& spec = std::get<SweepSpec>(loaded.definition.stage);
  const std::string& root = options.experiments_root;
  BENCH_ASSIGN_OR_RETURN(const Store store, Store::Open(options.store_root));
  BENCH_ASSIGN_OR_RETURN(const DeviceKind device, ChooseDevice(options.device));
  BENCH_ASSIGN_OR_RETURN(const std::vector<LoadedPoint> points, LoadPoints(spec, root));
  BENCH_ASSIGN_OR_RETURN(const std::vector<ExperimentCost> missing, MissingOf(points, store, root));
  std::string program;
  if (spec.reuse == SweepReuse::kProgram) {
    BENCH_ASSIGN_OR_RETURN(program, Sha256File("/proc/self/exe"));
  }
  const std::vector<int64_t> replicates =
      ReplicatesOf(options.replicate.value_or(0), spec.replicates);
  BENCH_ASSIGN_OR_RETURN(const std::vector<SweepChild> known,
                         KnownChildren(points, replicates, {store, root, device, program}));
  const std::string name = ToString(ArtifactRef{loaded.name, loaded.version});
  std::vector<std::string> lines = PrerequisiteLines(missing);
  if (lines.empty()) lines.emplace_back("needs nothing first that the store does not have");
  lines.front() = absl::StrCat(name, " ", lines.front());
  lines.push_back(absl::StrCat(name, ": ", points.size(), " arms of ", spec.replicates,
                               " replicates of ", ToString(spec.experiment)));
  for (size_t i = 0; i < points.size(); ++i) {
    const auto num_found = absl::c_count_if(
        known, [&](const SweepChild& child) { return child.point == i && IsComplete(child); });
    BENCH_ASSIGN_OR_RETURN(
        const ExperimentCost cost,
        CostOf(points[i].loaded, *MakeStage(points[i].loaded.definition), store, root));
    lines.push_back(ArmLine(points[i], num_found, spec.replicates, cost));
  }
  for (const std::string& line : lines) Print(line);
  return 0;
}

absl::StatusOr<int> SweepPlanCommand(const LoadedDefinition& loaded, const Options& options) {
  const auto& spec = std::get<SweepSpec>(loaded.definition.stage);
  const bool is_json = options.form == OutputForm::kJson;
  const std::vector<ArmPoint> points = PointsOf(spec);
  for (size_t i = 0; i < points.size(); ++i) {
    Options of_arm = options;
    of_arm.arguments = {ToString(spec.experiment)};
    of_arm.overrides = points[i].overrides;
    if (is_json) {
      std::fputs(i == 0 ? "[" : ",", stdout);
    } else {
      if (i > 0) std::fputs("\n", stdout);
      Print(absl::StrCat("arm ", points[i].name));
    }
    BENCH_RETURN_IF_ERROR(PlanCommand(of_arm).status());
  }
  if (is_json) std::fputs("]\n", stdout);
  return 0;
}

}  // namespace bench::harness
