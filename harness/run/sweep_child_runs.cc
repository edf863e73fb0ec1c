#include "harness/run/sweep_child_runs.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/measurement/host.h"
#include "harness/run/child_pool.h"
#include "harness/run/replicates.h"

namespace bench::harness {
namespace {

PoolLimits LimitsOf(const SweepSpec& spec, DeviceKind device) {
  PoolLimits limits;
  limits.threads = static_cast<int64_t>(std::max(1.0, EffectiveCores(ReadHost()).value_or(1)));
  limits.children = std::numeric_limits<int64_t>::max();
  if (spec.at_once > 0) limits.children = spec.at_once;
  if (device == DeviceKind::kCuda) limits.children = 1;
  return limits;
}

std::vector<SweepChild> Distinct(const std::vector<SweepChild>& children) {
  std::set<std::string> folders;
  std::vector<SweepChild> distinct;
  for (const SweepChild& child : children) {
    if (folders.insert(child.folder).second) distinct.push_back(child);
  }
  return distinct;
}

bool IsBusy(const SweepChild& child) {
  return IsLockedForWriting(absl::StrCat(child.folder, "/.lock"));
}

// Whether another process took the folder after it was seen to be free, before the child did.
bool LostItsPlace(const SweepChild& child, int exit_code) {
  return exit_code == static_cast<int>(ExitCode::kEnvironment) && !RecordOf(child) && IsBusy(child);
}

// What the pool asks about the children, and learns of them.
class Runner {
 public:
  Runner(const SweepMembers& members, RunContext& context)
      : members_(members), context_(context), children_(Distinct(members.children)) {}

  absl::StatusOr<ChildRuns> Run(const ChildPlaces& places, const PoolLimits& limits) {
    std::vector<PoolChild> pool;
    for (const SweepChild& child : children_) {
      const LoadedPoint& point = members_.PointOf(child);
      pool.push_back({ArgumentsOf(child, point, places), ChildLog(context_.folder, members_, child),
                      point.loaded.definition.run.threads});
    }
    const PoolCalls calls = {
        .ready = [this](size_t child) { return Ready(children_[child]); },
        .began = [this](size_t child) { Began(children_[child]); },
        .ended = [this](size_t child,
                        int exit_code) { return Ended(children_[child], exit_code); }};
    absl::Status ran = RunPool(pool, limits, calls);
    context_.progress.Finish();
    if (!ran.ok()) return ran;
    return runs_;
  }

 private:
  Readiness Ready(const SweepChild& child) {
    if (IsBusy(child)) {
      if (waits_for_.insert(child.folder).second) {
        context_.progress.Note(absl::StrCat(
            members_.NameOf(child), ": another process is at it in ", child.folder, "; waiting"));
      }
      return Readiness::kLater;
    }
    if (!IsComplete(child)) return Readiness::kNow;
    ++runs_.num_found;
    ShowDone("");
    return Readiness::kNever;
  }

  void Began(const SweepChild& child) {
    attempts_before_[child.folder] = AttemptsIn(child.folder);
    ShowDone(members_.NameOf(child));
  }

  Readiness Ended(const SweepChild& child, int exit_code) {
    if (LostItsPlace(child, exit_code)) return Readiness::kLater;
    ++runs_.num_run;
    ShowDone("");
    // A run that is outside the bounds of its own experiment is whole: whether that matters is for
    // the bounds of the sweep.
    if (exit_code != 0 && !RecordOf(child) && !StopSignal()) AddFailure(child, exit_code);
    return Readiness::kNever;
  }

  void AddFailure(const SweepChild& child, int exit_code) {
    const std::string reason = ReasonOf(exit_code, child.folder, attempts_before_[child.folder]);
    runs_.worst_exit_code = WorseExitCode(runs_.worst_exit_code, exit_code);
    runs_.failures.push_back(absl::StrCat(members_.NameOf(child), ", exit code ", exit_code, ": ",
                                          reason, " (", ChildLog(context_.folder, members_, child),
                                          ")"));
    context_.progress.Note(runs_.failures.back());
  }

  void ShowDone(const std::string& detail) {
    context_.progress.Update("children", runs_.num_run + runs_.num_found, std::ssize(children_),
                             detail);
  }

  const SweepMembers& members_;
  RunContext& context_;
  const std::vector<SweepChild> children_;
  std::map<std::string, int64_t> attempts_before_;  // by folder
  std::set<std::string> waits_for_;                 // folders, of which it was said
  ChildRuns runs_;
};

}  // namespace

absl::StatusOr<ChildRuns> RunChildren(const SweepMembers& members, const SweepSpec& spec,
                                      const ChildPlaces& places, RunContext& context) {
  BENCH_RETURN_IF_ERROR(MakeFolders(absl::StrCat(context.folder, "/children")));
  return Runner(members, context).Run(places, LimitsOf(spec, context.device));
}

std::string ChildLog(const std::string& sweep_folder, const SweepMembers& members,
                     const SweepChild& child) {
  return absl::StrCat(sweep_folder, "/children/", members.ArmOf(child), "-r", child.replicate,
                      ".log");
}

}  // namespace bench::harness
