#include "results/history/history.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "results/comparison/changes.h"
#include "results/statistics/false_discovery.h"
#include "results/text.h"

namespace bench::results {
namespace {

// What tells a run from its copy; a run without them is taken for itself.
bool IsCopy(const RunHeader& header,
            std::set<std::tuple<std::string, int64_t, std::string>>* seen) {
  const auto found = header.provenance.find(std::string(kStartTimeUtc));
  const auto* start =
      found == header.provenance.end() ? nullptr : std::get_if<std::string>(&found->second);
  if (start == nullptr || header.run_id.empty()) return false;
  return !seen->emplace(header.run_id, header.replicate, *start).second;
}

std::vector<const RunRecord*> CompleteOnes(const std::vector<RunRecord>& records,
                                           History* history) {
  std::set<std::tuple<std::string, int64_t, std::string>> seen;
  std::vector<const RunRecord*> complete;
  for (const RunRecord& record : records) {
    if (record.status != RunStatus::kComplete) {
      ++history->num_incomplete[record.status];
    } else if (IsCopy(record.header, &seen)) {
      ++history->num_copies;
    } else if (IsBySeveralCommits(record)) {
      ++history->num_by_several_commits;
    } else {
      complete.push_back(&record);
    }
  }
  return complete;
}

double LeastPValue(const MetricHistory& history) {
  double least = 1;
  for (const HistoryChange& change : history.changes) {
    least = std::min(least, change.p_value.value_or(1));
  }
  return least;
}

// Drops the changes of metrics that many tests let stand out by chance.
absl::Status Adjust(const std::vector<MetricRuns*>& tested) {
  std::vector<double> p_values;
  for (const MetricRuns* runs : tested) p_values.push_back(LeastPValue(runs->history));
  BENCH_ASSIGN_OR_RETURN(const std::vector<double> adjusted, AdjustForFalseDiscovery(p_values));
  for (std::size_t i = 0; i < tested.size(); ++i) {
    tested[i]->history.adjusted_p_value = adjusted[i];
    if (adjusted[i] > kFalseDiscoveryRate) tested[i]->history.changes.clear();
  }
  return absl::OkStatus();
}

// Keeps the metrics that are selected.
absl::Status Select(const MetricSelection& selection,
                    std::vector<std::vector<MetricRuns>>* metrics) {
  std::vector<MetricInfo> all;
  std::set<std::string> paths;
  for (const std::vector<MetricRuns>& of_series : *metrics) {
    for (const MetricRuns& runs : of_series) {
      all.push_back(runs.history.metric);
      paths.insert(EscapeForTerminal(all.back().Path()));
    }
  }
  const std::vector<std::string> idle = selection.Idle(all);
  if (!idle.empty() && !metrics->empty()) {
    return UsageError(absl::StrCat("--metrics ", EscapeForTerminal(idle.front()),
                                   ": neither a kind (learning, time, memory, count) nor a metric ",
                                   "of these results, which have ", absl::StrJoin(paths, ", ")));
  }
  for (std::vector<MetricRuns>& of_series : *metrics) {
    std::erase_if(of_series,
                  [&](const MetricRuns& runs) { return !selection.Has(runs.history.metric); });
  }
  return absl::OkStatus();
}

HistorySection SectionOf(OrderedSeries series, std::vector<MetricRuns> metrics) {
  HistorySection section;
  section.key = std::move(series.key);
  section.commits = std::move(series.commits);
  section.num_runs = static_cast<int64_t>(series.runs.size());
  for (MetricRuns& runs : metrics) {
    MetricHistory& history = runs.history;
    if (history.metric.deterministic && history.constant && history.num_values > 0) {
      section.constant.push_back(history.metric.Path());
    } else {
      section.metrics.push_back(std::move(history));
    }
  }
  std::stable_sort(section.metrics.begin(), section.metrics.end(),
                   [](const MetricHistory& a, const MetricHistory& b) {
                     return a.changes.empty() < b.changes.empty();
                   });
  return section;
}

}  // namespace

int64_t History::num_runs() const {
  int64_t sum = 0;
  for (const HistorySection& section : sections) sum += section.num_runs;
  return sum;
}

int64_t History::num_changes() const {
  std::size_t sum = 0;
  for (const HistorySection& section : sections) {
    for (const MetricHistory& metric : section.metrics) sum += metric.changes.size();
  }
  return static_cast<int64_t>(sum);
}

absl::StatusOr<History> BuildHistory(const std::string& experiment,
                                     const std::vector<RunRecord>& records,
                                     const MetricSelection& selection) {
  History history;
  history.experiment = experiment;
  std::vector<OrderedSeries> series = OrderSeries(CompleteOnes(records, &history));
  std::vector<std::vector<MetricRuns>> metrics;
  for (const OrderedSeries& one : series) metrics.push_back(CollectMetrics(one));
  BENCH_RETURN_IF_ERROR(Select(selection, &metrics));
  std::vector<MetricRuns*> tested;
  for (std::vector<MetricRuns>& of_series : metrics) {
    for (MetricRuns& runs : of_series) {
      if (IsTested(runs)) tested.push_back(&runs);
    }
  }
  for (std::vector<MetricRuns>& of_series : metrics) {
    for (MetricRuns& runs : of_series) {
      BENCH_RETURN_IF_ERROR(FindChanges(tested.size(), &runs));
    }
  }
  BENCH_RETURN_IF_ERROR(Adjust(tested));
  for (std::size_t i = 0; i < series.size(); ++i) {
    history.sections.push_back(SectionOf(std::move(series[i]), std::move(metrics[i])));
  }
  return history;
}

}  // namespace bench::results
