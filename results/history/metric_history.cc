#include "results/history/metric_history.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "base/status.h"
#include "results/comparison/usable_times.h"
#include "results/history/replicate_levels.h"
#include "results/statistics/change_points.h"
#include "results/statistics/descriptive.h"

namespace bench::results {
namespace {

constexpr double kLeastRelativeChange = 0.02;
// Change points are located within so many runs.
constexpr std::size_t kLocatedWithin = 2;
// The smallest p-value times the number of tests is at most 1 / kResolution.
constexpr int64_t kResolution = 40;

constexpr std::array<std::pair<ChangeDirection, std::string_view>, 3> kDirectionNames = {{
    {ChangeDirection::kRegressed, "regressed"},
    {ChangeDirection::kImproved, "improved"},
    {ChangeDirection::kChanged, "changed"},
}};

bool IsExact(const MetricInfo& metric, bool strict) {
  const bool counted = metric.kind == MetricKind::kCount || metric.kind == MetricKind::kMemory;
  return strict && metric.deterministic && counted;
}

bool Counts(const RunRecord& record, const SummaryValue& item, const MetricInfo& newest) {
  if (newest.kind == MetricKind::kTime && !HasUsableTimes(record)) return false;
  return std::isfinite(item.value) && item.metric.units == newest.units &&
         item.metric.kind == newest.kind && item.metric.better == newest.better;
}

double Usable(double margin) { return std::isfinite(margin) && margin > 0 ? margin : 0; }

const SummaryValue* Find(const RunRecord& record, const std::string& path) {
  const auto found = record.summary.find(path);
  return found == record.summary.end() ? nullptr : &found->second;
}

// As the newest run that has it describes it.
MetricInfo Describe(const std::string& path, const OrderedSeries& series) {
  MetricInfo metric;
  double threshold = std::numeric_limits<double>::infinity();
  double floor = threshold;
  for (const SeriesRun& run : series.runs) {
    const SummaryValue* item = Find(*run.record, path);
    if (item == nullptr) continue;
    metric = item->metric;
    threshold = std::min(threshold, Usable(item->metric.threshold));
    floor = std::min(floor, Usable(item->metric.floor.value_or(0)));
  }
  metric.threshold = threshold;
  if (metric.floor) metric.floor = floor;
  return metric;
}

// The median of each commit's values.
void AddCommitValues(std::size_t num_commits, MetricRuns* runs) {
  std::vector<std::vector<double>> by_commit(num_commits);
  for (std::size_t i = 0; i < runs->values.size(); ++i) {
    by_commit[runs->commits[i]].push_back(runs->values[i]);
  }
  for (const std::vector<double>& values : by_commit) {
    runs->history.values.push_back(values.empty() ? std::nullopt : std::optional(Median(values)));
  }
}

bool DependsOnReplicate(const MetricInfo& metric, bool strict) {
  return strict && metric.deterministic && metric.kind == MetricKind::kLearning;
}

void AddAlignedValues(MetricRuns* runs) {
  const std::vector<std::optional<double>> aligned =
      AlignReplicates(runs->values, runs->commits, runs->replicates);
  for (std::size_t i = 0; i < aligned.size(); ++i) {
    if (!aligned[i]) continue;
    runs->tested.push_back(*aligned[i]);
    runs->tested_commits.push_back(runs->commits[i]);
  }
}

void AddTestedValues(bool strict, MetricRuns* runs) {
  if (DependsOnReplicate(runs->history.metric, strict)) {
    AddAlignedValues(runs);
  } else if (!runs->history.exact) {
    runs->tested = runs->values;
    runs->tested_commits = runs->commits;
  }
}

MetricRuns Collect(const std::string& path, const OrderedSeries& series) {
  MetricRuns runs;
  MetricHistory& history = runs.history;
  history.metric = Describe(path, series);
  history.exact = IsExact(history.metric, series.key.strict);
  for (const SeriesRun& run : series.runs) {
    const SummaryValue* item = Find(*run.record, path);
    if (item == nullptr) continue;
    if (!Counts(*run.record, *item, history.metric)) {
      ++history.num_left_out;
      continue;
    }
    runs.values.push_back(item->value);
    runs.commits.push_back(run.commit);
    runs.replicates.push_back(run.record->header.replicate);
  }
  history.num_values = runs.values.size();
  history.constant = std::adjacent_find(runs.values.begin(), runs.values.end(),
                                        std::not_equal_to<>()) == runs.values.end();
  AddCommitValues(series.commits.size(), &runs);
  AddTestedValues(series.key.strict, &runs);
  return runs;
}

ChangeDirection DirectionOf(Better better, double before, double after) {
  if (better == Better::kNone) return ChangeDirection::kChanged;
  const bool less = after < before;
  return less == (better == Better::kLower) ? ChangeDirection::kImproved
                                            : ChangeDirection::kRegressed;
}

// A commit's first run among runs of increasing commits.
bool BeginsCommit(std::span<const std::size_t> commits, std::size_t i) {
  return i == 0 || commits[i] != commits[i - 1];
}

// The index of the nearest first run of a commit, the earlier of two; `at` itself where none is
// near.
std::size_t NearestBeginning(std::span<const std::size_t> commits, std::size_t at) {
  for (std::size_t distance = 0; distance <= kLocatedWithin; ++distance) {
    // The first run of all begins no change.
    if (at > distance && BeginsCommit(commits, at - distance)) return at - distance;
    if (at + distance < commits.size() && BeginsCommit(commits, at + distance)) {
      return at + distance;
    }
  }
  return at;
}

absl::Status FindTestedChanges(std::size_t num_tests, MetricRuns* runs) {
  MetricHistory& history = runs->history;
  const std::size_t num_old =
      runs->tested.size() - std::min(runs->tested.size(), kMaxChangePointValues);
  const std::span<const double> values = std::span(runs->tested).subspan(num_old);
  const std::span<const std::size_t> commits = std::span(runs->tested_commits).subspan(num_old);
  ChangePointOptions options;
  options.min_relative_change = std::max(kLeastRelativeChange, history.metric.threshold);
  options.min_change = history.metric.floor.value_or(0);
  options.num_resamples =
      std::max(options.num_resamples, kResolution * static_cast<int64_t>(num_tests) - 1);
  BENCH_ASSIGN_OR_RETURN(const std::vector<ChangePoint> points, FindChangePoints(values, options));
  for (const ChangePoint& point : points) {
    const std::size_t begin = NearestBeginning(commits, point.index);
    HistoryChange change;
    change.commit = commits[begin];
    change.within_commit = !BeginsCommit(commits, begin);
    change.before = point.before;
    change.after = point.after;
    change.p_value = point.p_value;
    change.direction = DirectionOf(history.metric.better, point.before, point.after);
    history.changes.push_back(change);
  }
  return absl::OkStatus();
}

bool Differ(const MetricInfo& metric, double before, double after) {
  const double margin = std::max(metric.threshold * std::abs(before), metric.floor.value_or(0));
  return std::abs(after - before) > margin;
}

// A commit's changes, by its index: of the replicate that changed most.
std::map<std::size_t, HistoryChange> ExactChanges(const MetricRuns& runs) {
  std::map<std::size_t, HistoryChange> changes;
  std::map<int64_t, std::size_t> last;  // a replicate's run before this one
  for (std::size_t i = 0; i < runs.values.size(); ++i) {
    const auto [known, is_new] = last.emplace(runs.replicates[i], i);
    const std::size_t former = std::exchange(known->second, i);
    const double before = runs.values[former];
    const double after = runs.values[i];
    if (is_new || !Differ(runs.history.metric, before, after)) continue;
    HistoryChange& change = changes[runs.commits[i]];
    change.within_commit = change.within_commit || runs.commits[former] == runs.commits[i];
    if (std::abs(after - before) <= std::abs(change.after - change.before)) continue;
    change.before = before;
    change.after = after;
  }
  return changes;
}

void FindExactChanges(MetricRuns* runs) {
  for (auto& [commit, change] : ExactChanges(*runs)) {
    change.commit = commit;
    change.direction = DirectionOf(runs->history.metric.better, change.before, change.after);
    runs->history.changes.push_back(change);
  }
}

}  // namespace

std::string_view Name(ChangeDirection direction) {
  for (const auto& [entry, name] : kDirectionNames) {
    if (entry == direction) return name;
  }
  return "";
}

std::optional<double> MetricHistory::first() const {
  const auto found = std::find_if(values.begin(), values.end(),
                                  [](const auto& value) { return value.has_value(); });
  return found == values.end() ? std::nullopt : *found;
}

std::optional<double> MetricHistory::last() const {
  const auto found = std::find_if(values.rbegin(), values.rend(),
                                  [](const auto& value) { return value.has_value(); });
  return found == values.rend() ? std::nullopt : *found;
}

std::vector<MetricRuns> CollectMetrics(const OrderedSeries& series) {
  std::set<std::string> paths;
  for (const SeriesRun& run : series.runs) {
    for (const auto& [path, item] : run.record->summary) paths.insert(path);
  }
  std::vector<MetricRuns> all;
  for (const std::string& path : paths) all.push_back(Collect(path, series));
  return all;
}

bool IsTested(const MetricRuns& runs) {
  return !runs.history.exact && runs.tested.size() >= 2 * ChangePointOptions().min_segment;
}

absl::Status FindChanges(std::size_t num_tests, MetricRuns* runs) {
  if (runs->history.exact) {
    FindExactChanges(runs);
    return absl::OkStatus();
  }
  return IsTested(*runs) ? FindTestedChanges(num_tests, runs) : absl::OkStatus();
}

}  // namespace bench::results
