// One metric over the commits of a series, and where its level changed.
//
// The unit is the run. Values are those of the summary; times of resumed runs do not count, nor
// values that are not finite, nor those that a run describes in other units or of another kind than
// the newest run does. The value of a commit is the median of its runs'.
//
// A metric that is the same in every strict run of one source and replicate number (deterministic
// counts and bytes) changes where a replicate's value differs from its last one, by any amount that
// counts; there is no p-value. Of several replicates the one that changed most says from what to
// what. Where two runs of one commit and replicate differ, the source is not the cause.
//
// Deterministic learning metrics of strict runs are functions of source and replicate too: which
// replicates were run must not look like a change. What is tested is the value less what its
// replicate number lies above another where both were run (replicate_levels.h).
//
// For all others see statistics/change_points.h: the change begins
// with the commit whose first run is closest to the change point, which lies within two runs of it;
// one that is further from every commit's first run lies within the runs of a commit, so that the
// source is not its cause. A change counts that is at least max(threshold, 2%) of the value before
// (exact ones: the threshold) and the metric's floor, by the smallest threshold and floor that any
// run states: no program loosens the rule that it is judged by.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "results/history/ordered_series.h"

namespace bench::results {

enum class ChangeDirection { kRegressed, kImproved, kChanged };
std::string_view Name(ChangeDirection direction);  // "regressed"

struct HistoryChange {
  std::size_t commit = 0;  // where it begins: index into the series' commits
  double before = 0;  // median of the tested values since the change before; an exact one: value
  double after = 0;   // median of those up to the next change; an exact one: value
  std::optional<double> p_value;  // absent of an exact change
  ChangeDirection direction = ChangeDirection::kChanged;
  bool within_commit = false;  // between runs of `commit`
};

struct MetricHistory {
  MetricInfo metric;  // as the newest run describes it, with the smallest margin of all
  bool exact = false;
  std::vector<std::optional<double>> values;  // a commit; absent: no run of it has one
  std::vector<HistoryChange> changes;
  // Of the least p-value, over all metrics of the history; absent where none was looked for.
  std::optional<double> adjusted_p_value;
  std::size_t num_values = 0;    // runs that have one
  std::size_t num_left_out = 0;  // runs whose value does not count

  std::optional<double> first() const;
  std::optional<double> last() const;
  // Every run that counts has the same value.
  bool constant = true;
};

// The runs of a metric that count, in order.
struct MetricRuns {
  MetricHistory history;
  std::vector<double> values;
  std::vector<std::size_t> commits;  // of each value
  std::vector<int64_t> replicates;   // of each value
  // What changes are looked for in, in the same order, and the commit of each.
  std::vector<double> tested;
  std::vector<std::size_t> tested_commits;
};

// Every metric of the summaries, by path, without changes.
std::vector<MetricRuns> CollectMetrics(const OrderedSeries& series);

// Whether changes of it are looked for by a test: it is not exact and has runs for two levels.
bool IsTested(const MetricRuns& runs);

// Adds the changes. `num_tests`: of the history, which the resolution of p-values follows. The
// p-value of the history is still to be adjusted. More than kMaxChangePointValues values: the
// newest of them.
absl::Status FindChanges(std::size_t num_tests, MetricRuns* runs);

}  // namespace bench::results
