// The results of an experiment over commits, and where its metrics changed: what `bench-compare
// --history` shows, in the terminal, as JSON and on a page.
//
// Runs that did not complete have no place in a series: they are counted, as are copies of a run
// (same run id, replicate and start) and resumed runs whose attempts were by several commits. What
// a series and a metric's history are, and which changes count, is in ordered_series.h and
// metric_history.h. P-values are those of change_points.h, the least of a metric adjusted for the
// number of metrics that were tested in all series of the history (Benjamini and Hochberg); changes
// of a metric whose adjusted p-value is above kFalseDiscoveryRate (changes.h) are left out.
// Deterministic.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "results/comparison/selection.h"
#include "results/history/metric_history.h"
#include "results/history/ordered_series.h"
#include "results/record.h"

namespace bench::results {

struct HistorySection {
  SeriesKey key;
  std::vector<HistoryCommit> commits;
  int64_t num_runs = 0;
  // Those with changes first, then by path. Deterministic metrics that never changed are left out.
  std::vector<MetricHistory> metrics;
  std::vector<std::string> constant;  // the paths of those
};

struct History {
  std::string experiment;  // as it was asked for
  std::vector<HistorySection> sections;
  int64_t num_copies = 0;
  int64_t num_by_several_commits = 0;
  std::map<RunStatus, int64_t> num_incomplete;  // by status
  // One line each: a results file that could not be read.
  std::vector<std::string> unreadable;

  int64_t num_runs() const;
  int64_t num_changes() const;
};

// Of records of one experiment. The whole record but for header, status, attempts and summary is
// ignored. UsageError where the selection names a metric that none of the complete runs has.
absl::StatusOr<History> BuildHistory(const std::string& experiment,
                                     const std::vector<RunRecord>& records,
                                     const MetricSelection& selection);

}  // namespace bench::results
