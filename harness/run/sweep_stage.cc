#include "harness/run/sweep_stage.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/measurement/host.h"
#include "harness/run/child_pool.h"
#include "harness/run/child_process.h"
#include "harness/run/replicates.h"
#include "harness/run/stage_factory.h"
#include "harness/run/sweep_children.h"
#include "harness/run/sweep_fits.h"
#include "nlohmann/json.hpp"
#include "results/comparison/usable_times.h"
#include "results/pages/sweep_charts.h"
#include "results/proportion_items.h"
#include "results/sweeps/sweep_record.h"

namespace bench::harness {
namespace {

using results::RunRecord;
using results::RunStatus;

// What stands for the state of the program: the content of its file.
absl::StatusOr<std::string> ProgramOf(SweepReuse reuse) {
  if (reuse == SweepReuse::kRecipe) return std::string();
  return Sha256File("/proc/self/exe");
}

PoolLimits LimitsOf(const SweepSpec& spec, DeviceKind device) {
  PoolLimits limits;
  limits.threads = static_cast<int64_t>(std::max(1.0, EffectiveCores(ReadHost()).value_or(1)));
  limits.children = std::numeric_limits<int64_t>::max();
  if (spec.at_once > 0) limits.children = spec.at_once;
  if (device == DeviceKind::kCuda) limits.children = 1;
  return limits;
}

// One sweep, from its children to what is recorded of them.
class SweepRun {
 public:
  SweepRun(const SweepSpec& spec, RunContext& context) : spec_(spec), context_(context) {}

  absl::StatusOr<StageOutcome> Run() {
    BENCH_ASSIGN_OR_RETURN(points_, LoadPoints(spec_, context_.experiments_root));
    BENCH_ASSIGN_OR_RETURN(const std::string program, ProgramOf(spec_.reuse));
    const ChildPlaces places = {context_.store, context_.experiments_root, context_.device,
                                program};
    BENCH_RETURN_IF_ERROR(Resolve(places));
    BENCH_RETURN_IF_ERROR(RunChildren(places));
    BENCH_RETURN_IF_ERROR(CheckNotStopped());
    BENCH_RETURN_IF_ERROR(CheckEnded());
    for (const SweepChild& child : children_) BENCH_RETURN_IF_ERROR(RecordChild(child));
    Collect();
    BENCH_RETURN_IF_ERROR(results::RecordSweep(context_.writer, sweep_));
    BENCH_RETURN_IF_ERROR(RecordFits(spec_, points_, sweep_, context_));
    BENCH_RETURN_IF_ERROR(CheckMeasured());
    BENCH_RETURN_IF_ERROR(LeaveArtifact());
    return StageOutcome{diverged_ ? RunStatus::kDiverged : RunStatus::kComplete, {}, true};
  }

 private:
  std::vector<int64_t> replicates() const {
    return ReplicatesOf(context_.seeds.replicate, spec_.replicates);
  }
  absl::Status Resolve(const ChildPlaces& places) {
    const RunClock::Charge charge(context_.clock, RunClock::Account::kPrerequisites);
    BENCH_ASSIGN_OR_RETURN(children_,
                           ResolveChildren(points_, replicates(), places, context_.progress));
    return absl::OkStatus();
  }
  std::string NameOf(const SweepChild& child) const {
    return absl::StrCat(points_[child.point].point.name, " r", child.replicate);
  }
  std::string LogOf(const SweepChild& child) const {
    return absl::StrCat(context_.folder, "/children/", points_[child.point].point.name, "-r",
                        child.replicate, ".log");
  }

  // Points may differ in nothing that matters, and then have the same children.
  std::vector<size_t> Distinct() const {
    std::map<std::string, size_t> by_folder;
    std::vector<size_t> distinct;
    for (size_t i = 0; i < children_.size(); ++i) {
      if (by_folder.emplace(children_[i].folder, i).second) distinct.push_back(i);
    }
    return distinct;
  }

  absl::Status RunChildren(const ChildPlaces& places) {
    BENCH_RETURN_IF_ERROR(MakeFolders(context_.folder + "/children"));
    const std::vector<size_t> distinct = Distinct();
    std::vector<PoolChild> pool;
    for (const size_t i : distinct) {
      const LoadedPoint& point = points_[children_[i].point];
      pool.push_back({ArgumentsOf(children_[i], point, places), LogOf(children_[i]),
                      point.loaded.definition.run.threads});
    }
    int64_t num_done = 0;
    const auto done = [&] {
      context_.progress.Update("children", ++num_done, std::ssize(distinct), "");
    };
    std::map<size_t, int64_t> attempts_before;
    const PoolCalls calls = {
        .ready =
            [&](size_t child) {
              const Readiness readiness = ReadinessOf(children_[distinct[child]]);
              if (readiness == Readiness::kNever) {
                ++num_found_;
                done();
              }
              return readiness;
            },
        .began =
            [&](size_t child) {
              attempts_before[child] = AttemptsIn(children_[distinct[child]].folder);
              context_.progress.Update("children", num_done, std::ssize(distinct),
                                       NameOf(children_[distinct[child]]));
            },
        .ended =
            [&](size_t child, int exit_code) {
              const SweepChild& ended = children_[distinct[child]];
              if (LostItsPlace(ended, exit_code)) return Readiness::kLater;
              done();
              Ended(ended, exit_code, attempts_before[child]);
              return Readiness::kNever;
            }};
    absl::Status ran = RunPool(pool, LimitsOf(spec_, context_.device), calls);
    context_.progress.Finish();
    return ran;
  }

  // Another sweep may be making it, or what a killed one started may be ending.
  Readiness ReadinessOf(const SweepChild& child) {
    if (IsLockedForWriting(child.folder + "/.lock")) {
      if (waits_for_.insert(child.folder).second) {
        context_.progress.Note(absl::StrCat(NameOf(child), ": another process is at it in ",
                                            child.folder, "; waiting"));
      }
      return Readiness::kLater;
    }
    return IsComplete(child) ? Readiness::kNever : Readiness::kNow;
  }

  // Whether another process took the folder after it was seen to be free, before the child did.
  static bool LostItsPlace(const SweepChild& child, int exit_code) {
    return exit_code == static_cast<int>(ExitCode::kEnvironment) && !RecordOf(child) &&
           IsLockedForWriting(child.folder + "/.lock");
  }

  // A run that is outside the bounds of its own experiment is whole: whether that matters is for
  // the bounds of the sweep.
  void Ended(const SweepChild& child, int exit_code, int64_t attempts_before) {
    ++num_run_;
    if (exit_code == 0 || RecordOf(child) || StopSignal()) return;
    worst_ = WorseExitCode(worst_, exit_code);
    failures_.push_back(absl::StrCat(NameOf(child), ", exit code ", exit_code, ": ",
                                     ReasonOf(exit_code, child.folder, attempts_before), " (",
                                     LogOf(child), ")"));
    context_.progress.Note(failures_.back());
  }

  absl::Status CheckEnded() {
    if (!failures_.empty()) {
      return StatusOfExit(worst_, absl::StrCat(failures_.size(), " of ", children_.size(),
                                               " children failed; the first: ", failures_.front()));
    }
    BENCH_RETURN_IF_ERROR(context_.writer.Note("children_run", num_run_));
    return context_.writer.Note("children_found", num_found_);
  }

  // Of what it recorded only the summary is kept: there may be many.
  absl::Status RecordChild(const SweepChild& child) {
    std::optional<RunRecord> record = RecordOf(child);
    if (!record) {
      return EnvironmentError(absl::StrCat(NameOf(child), " ended and left no results in ",
                                           child.folder, "; see ", LogOf(child)));
    }
    diverged_ = diverged_ || record->status == RunStatus::kDiverged;
    const std::string& arm = points_[child.point].point.name;
    BENCH_ASSIGN_OR_RETURN(const std::string digest, Sha256File(ResultsOf(child)));
    BENCH_RETURN_IF_ERROR(
        context_.writer.TableRow("children", std::nullopt,
                                 {{"arm", arm},
                                  {"replicate", child.replicate},
                                  {"status", std::string(results::Name(record->status))},
                                  {"recipe_key", child.recipe_key},
                                  {"run_id", record->header.run_id},
                                  {"source_commit", SourceOf(*record)},
                                  {"program_sha256", MakerOf(*record)},
                                  {"results_sha256", digest},
                                  {"results", ResultsOf(child)}}));
    said_.push_back({{"arm", arm},
                     {"replicate", child.replicate},
                     {"recipe_key", child.recipe_key},
                     {"run_id", record->header.run_id},
                     {"results_sha256", digest}});
    for (const std::string& metric : spec_.metrics) {
      if (record->summary.contains(metric)) measured_.insert(metric);
    }
    LeaveUnusableTimes(child, *record);
    BENCH_RETURN_IF_ERROR(RecordValues(child, *record));
    summaries_.push_back(std::move(record->summary));
    return absl::OkStatus();
  }

  static std::string ResultsOf(const SweepChild& child) {
    return absl::StrCat(child.folder, "/", internal::View(results::kResultsName));
  }
  static std::string TextIn(const std::map<std::string, results::Attribute>& provenance,
                            std::string_view name) {
    const auto found = provenance.find(std::string(name));
    const std::string* text =
        found == provenance.end() ? nullptr : std::get_if<std::string>(&found->second);
    return text == nullptr ? "" : *text;
  }
  static std::string SourceOf(const RunRecord& record) {
    const std::string commit = TextIn(record.header.provenance, results::kSourceCommit);
    return commit.empty() ? "unknown" : commit;
  }
  // A run that was resumed may have been made by several.
  static std::string MakerOf(const RunRecord& record) {
    std::set<std::string> programs = {TextIn(record.header.provenance, results::kProgramSha256)};
    for (const auto& [number, attempt] : record.attempt_facts) {
      programs.insert(TextIn(attempt.provenance, results::kProgramSha256));
    }
    return programs.size() == 1 ? *programs.begin() : "several";
  }

  // Takes the times of a child that was resumed, cold, throttled or profiled out of its summary.
  void LeaveUnusableTimes(const SweepChild& child, RunRecord& record) {
    if (results::HasUsableTimes(record)) return;
    bool has_times = false;
    for (const std::string& metric : spec_.metrics) {
      const auto found = record.summary.find(metric);
      if (found == record.summary.end()) continue;
      if (found->second.metric.kind != results::MetricKind::kTime) continue;
      record.summary.erase(found);
      has_times = true;
    }
    if (!has_times) return;
    ++num_without_times_;
    context_.progress.Note(absl::StrCat(NameOf(child), ": its times are left out, it was ",
                                        internal::View(results::WhyTimesAreUnusable(record))));
  }

  absl::Status RecordValues(const SweepChild& child, const RunRecord& record) {
    const auto proportions = results::ProportionsOf(record);
    for (const std::string& metric : spec_.metrics) {
      const auto found = record.summary.find(metric);
      if (found == record.summary.end()) continue;
      const std::string& arm = points_[child.point].point.name;
      BENCH_RETURN_IF_ERROR(context_.writer.TableRow("values", std::nullopt,
                                                     {{"arm", arm},
                                                      {"replicate", child.replicate},
                                                      {"metric", metric},
                                                      {"value", found->second.value}}));
      const auto counted = proportions.find(metric);
      if (counted == proportions.end()) continue;
      BENCH_RETURN_IF_ERROR(context_.writer.TableRow("counts", std::nullopt,
                                                     {{"arm", arm},
                                                      {"replicate", child.replicate},
                                                      {"metric", metric},
                                                      {"successes", counted->second.successes},
                                                      {"trials", counted->second.trials}}));
    }
    return absl::OkStatus();
  }

  // What was recorded is kept: it is the definition that asks for what there is not.
  absl::Status CheckMeasured() {
    if (num_without_times_ > 0) {
      BENCH_RETURN_IF_ERROR(context_.writer.Note("children_without_times", num_without_times_));
    }
    if (diverged_) return absl::OkStatus();
    for (const std::string& metric : spec_.metrics) {
      if (measured_.contains(metric)) continue;
      return UsageError(absl::StrCat("sweep.metrics: no child measured \"", metric,
                                     "\"; bench-run --show ", ResultsOf(children_.front()),
                                     " lists what they do"));
    }
    return absl::OkStatus();
  }

  void Collect() {
    sweep_.metrics = spec_.metrics;
    sweep_.first_replicate = replicates().front();
    sweep_.num_replicates = spec_.replicates;
    for (const LoadedPoint& point : points_) {
      sweep_.arms.push_back({point.point.name, std::string(Name(point.point.role)),
                             absl::StrJoin(point.point.overrides, "; "), point.point.arm,
                             AxesOf(point.point)});
    }
    for (const std::string& metric : spec_.metrics) {
      for (size_t point = 0; point < points_.size(); ++point) CollectArm(metric, point);
    }
  }

  // "model.hidden_size=8; model.num_layers=2"
  std::string AxesOf(const ArmPoint& point) const {
    std::vector<std::string> settings;
    for (size_t i = 0; i < spec_.axes.size(); ++i) {
      settings.push_back(absl::StrCat(spec_.axes[i].key, "=", point.values[i]));
    }
    return absl::StrJoin(settings, "; ");
  }

  // Nothing where a replicate did not measure it.
  void CollectArm(const std::string& metric, size_t point) {
    results::ArmValues arm;
    for (size_t i = 0; i < children_.size(); ++i) {
      if (children_[i].point != point) continue;
      const auto found = summaries_[i].find(metric);
      if (found == summaries_[i].end()) continue;
      arm.metric = found->second.metric;
      arm.values.push_back(found->second.value);
    }
    const std::string& name = points_[point].point.name;
    if (std::ssize(arm.values) == spec_.replicates) {
      sweep_.values.emplace(results::ArmPath(metric, name), std::move(arm));
    } else {
      context_.progress.Note(absl::StrCat(name, ": ", arm.values.size(), " of ", spec_.replicates,
                                          " replicates measured ", metric));
    }
  }

  absl::Status LeaveArtifact() const {
    const nlohmann::json said = {{"experiment", ToString(spec_.experiment)}, {"children", said_}};
    BENCH_RETURN_IF_ERROR(
        PublishFile(context_.artifact_folder + "/sweep.json", said.dump(1) + "\n"));
    const std::string figure = results::SweepFigure(sweep_);
    if (figure.empty()) return absl::OkStatus();
    BENCH_RETURN_IF_ERROR(PublishFile(context_.artifact_folder + "/figure.svg", figure));
    return PublishFile(context_.folder + "/figure.svg", figure);
  }

  const SweepSpec& spec_;
  RunContext& context_;
  std::vector<LoadedPoint> points_;
  std::vector<SweepChild> children_;
  std::vector<std::map<std::string, results::SummaryValue>> summaries_;  // of the children
  std::set<std::string> waits_for_;  // folders, of which it was said
  std::vector<std::string> failures_;
  int worst_ = 0;
  int64_t num_run_ = 0;    // children that were made
  int64_t num_found_ = 0;  // and that the store had
  int64_t num_without_times_ = 0;
  std::set<std::string> measured_;  // metrics, by any child
  bool diverged_ = false;
  nlohmann::json said_ = nlohmann::json::array();
  results::Sweep sweep_;
};

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
  return SweepRun(spec(), context).Run();
}

}  // namespace bench::harness
