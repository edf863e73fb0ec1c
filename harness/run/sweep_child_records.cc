#include "harness/run/sweep_child_records.h"

#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/definition/enum_names.h"
#include "harness/run/sweep_child_runs.h"
#include "results/comparison/usable_times.h"
#include "results/proportion_items.h"

namespace bench::harness {
namespace {

using results::RunRecord;

std::string TextIn(const std::map<std::string, results::Attribute>& provenance,
                   std::string_view name) {
  const auto found = provenance.find(std::string(name));
  const std::string* text =
      found == provenance.end() ? nullptr : std::get_if<std::string>(&found->second);
  return text == nullptr ? "" : *text;
}

std::string SourceOf(const RunRecord& record) {
  const std::string commit = TextIn(record.header.provenance, results::kSourceCommit);
  return commit.empty() ? "unknown" : commit;
}

// A run that was resumed may have been made by several.
std::string MakerOf(const RunRecord& record) {
  std::set<std::string> programs = {TextIn(record.header.provenance, results::kProgramSha256)};
  for (const auto& [number, attempt] : record.attempt_facts) {
    programs.insert(TextIn(attempt.provenance, results::kProgramSha256));
  }
  return programs.size() == 1 ? *programs.begin() : "several";
}

// "model.hidden_size=8; model.num_layers=2"
std::string AxesOf(const SweepSpec& spec, const ArmPoint& point) {
  std::vector<std::string> settings;
  for (size_t i = 0; i < spec.axes.size(); ++i) {
    settings.push_back(absl::StrCat(spec.axes[i].key, "=", point.values[i]));
  }
  return absl::StrJoin(settings, "; ");
}

}  // namespace

absl::Status ChildRecords::RecordAll() {
  for (const SweepChild& child : members_.children) BENCH_RETURN_IF_ERROR(Record(child));
  return absl::OkStatus();
}

absl::Status ChildRecords::Record(const SweepChild& child) {
  std::optional<RunRecord> record = RecordOf(child);
  if (!record) {
    return EnvironmentError(absl::StrCat(members_.NameOf(child), " ended and left no results in ",
                                         child.folder, "; see ",
                                         ChildLog(context_.folder, members_, child)));
  }
  if (record->status == results::RunStatus::kDiverged) any_diverged_ = true;
  BENCH_RETURN_IF_ERROR(RecordRun(child, *record));
  for (const std::string& metric : spec_.metrics) {
    if (record->summary.contains(metric)) measured_.insert(metric);
  }
  LeaveUnusableTimes(child, *record);
  BENCH_RETURN_IF_ERROR(RecordValues(child, *record));
  summaries_.push_back(std::move(record->summary));
  return absl::OkStatus();
}

absl::Status ChildRecords::RecordRun(const SweepChild& child, const RunRecord& record) {
  const std::string& arm = members_.ArmOf(child);
  BENCH_ASSIGN_OR_RETURN(const std::string digest, Sha256File(ResultsOf(child)));
  runs_.push_back({{"arm", arm},
                   {"replicate", child.replicate},
                   {"recipe_key", child.recipe_key},
                   {"run_id", record.header.run_id},
                   {"results_sha256", digest}});
  return context_.writer.TableRow("children", std::nullopt,
                                  {{"arm", arm},
                                   {"replicate", child.replicate},
                                   {"status", std::string(results::Name(record.status))},
                                   {"recipe_key", child.recipe_key},
                                   {"run_id", record.header.run_id},
                                   {"source_commit", SourceOf(record)},
                                   {"program_sha256", MakerOf(record)},
                                   {"results_sha256", digest},
                                   {"results", ResultsOf(child)}});
}

void ChildRecords::LeaveUnusableTimes(const SweepChild& child, RunRecord& record) {
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
  context_.progress.Note(absl::StrCat(members_.NameOf(child), ": its times are left out, it was ",
                                      internal::View(results::WhyTimesAreUnusable(record))));
}

absl::Status ChildRecords::RecordValues(const SweepChild& child, const RunRecord& record) const {
  const auto proportions = results::ProportionsOf(record);
  const std::string& arm = members_.ArmOf(child);
  for (const std::string& metric : spec_.metrics) {
    const auto found = record.summary.find(metric);
    if (found == record.summary.end()) continue;
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

results::Sweep ChildRecords::Collect(int64_t first_replicate) const {
  results::Sweep sweep;
  sweep.metrics = spec_.metrics;
  sweep.first_replicate = first_replicate;
  sweep.num_replicates = spec_.replicates;
  for (const LoadedPoint& point : members_.points) {
    sweep.arms.push_back({point.point.name, std::string(Name(point.point.role)),
                          absl::StrJoin(point.point.overrides, "; "), point.point.arm,
                          AxesOf(spec_, point.point)});
  }
  for (const std::string& metric : spec_.metrics) {
    for (size_t point = 0; point < members_.points.size(); ++point) {
      CollectArm(metric, point, sweep);
    }
  }
  return sweep;
}

void ChildRecords::CollectArm(const std::string& metric, size_t point,
                              results::Sweep& sweep) const {
  results::ArmValues arm;
  for (size_t i = 0; i < members_.children.size(); ++i) {
    if (members_.children[i].point != point) continue;
    const auto found = summaries_[i].find(metric);
    if (found == summaries_[i].end()) continue;
    arm.metric = found->second.metric;
    arm.values.push_back(found->second.value);
  }
  const std::string& name = members_.points[point].point.name;
  if (std::ssize(arm.values) == spec_.replicates) {
    sweep.values.emplace(results::ArmPath(metric, name), std::move(arm));
  } else {
    context_.progress.Note(absl::StrCat(name, ": ", arm.values.size(), " of ", spec_.replicates,
                                        " replicates measured ", metric));
  }
}

absl::Status ChildRecords::CheckMeasured() const {
  if (num_without_times_ > 0) {
    BENCH_RETURN_IF_ERROR(context_.writer.Note("children_without_times", num_without_times_));
  }
  if (any_diverged_) return absl::OkStatus();
  for (const std::string& metric : spec_.metrics) {
    if (measured_.contains(metric)) continue;
    return UsageError(absl::StrCat("sweep.metrics: no child measured \"", metric,
                                   "\"; bench-run --show ", ResultsOf(members_.children.front()),
                                   " lists what they do"));
  }
  return absl::OkStatus();
}

}  // namespace bench::harness
