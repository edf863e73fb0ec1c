#include "results/comparison/range_changes.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "results/comparison/usable_times.h"
#include "results/metrics.h"
#include "results/statistics/descriptive.h"

namespace bench::results {
namespace {

// What is known of a range in an arm.
struct RangeMedian {
  double seconds = 0;      // in a step in which it ran
  double steps_share = 0;  // of the run's steps, in which it ran
};

size_t MostRows(const RunRecord& record) {
  size_t most = 1;
  for (const auto& [name, range] : record.ranges) most = std::max(most, range.host_s.size());
  return most;
}

std::map<std::string, RangeMedian> MediansOf(const Group& group) {
  std::map<std::string, std::vector<double>> seconds;
  std::map<std::string, double> steps_share;
  for (const ResultsInput& run : group.runs) {
    if (!HasUsableTimes(run.record)) continue;
    const auto most = static_cast<double>(MostRows(run.record));
    for (const auto& [name, range] : run.record.ranges) {
      if (range.host_s.empty()) continue;
      seconds[name].push_back(Median(range.host_s));
      steps_share[name] = static_cast<double>(range.host_s.size()) / most;
    }
  }
  std::map<std::string, RangeMedian> medians;
  for (const auto& [name, runs] : seconds) medians[name] = {Median(runs), steps_share[name]};
  return medians;
}

std::optional<double> StepTimeOf(const Group& group) {
  std::vector<double> seconds;
  for (const ResultsInput& run : group.runs) {
    const auto found = run.record.summary.find(std::string(kStepTime.name));
    if (found != run.record.summary.end() && HasUsableTimes(run.record)) {
      seconds.push_back(found->second.value);
    }
  }
  if (seconds.empty()) return std::nullopt;
  return Median(seconds);
}

}  // namespace

std::vector<RangeChange> CompareRanges(const Group& base, const Group& head) {
  const std::map<std::string, RangeMedian> before = MediansOf(base);
  const std::map<std::string, RangeMedian> after = MediansOf(head);
  const std::optional<double> base_step = StepTimeOf(base);
  const std::optional<double> head_step = StepTimeOf(head);
  const bool step_changed = base_step && head_step && *base_step != *head_step;
  std::vector<std::pair<double, RangeChange>> changes;  // with what they weigh
  for (const auto& [name, range] : before) {
    const auto found = after.find(name);
    if (found == after.end()) continue;
    RangeChange change = {name, range.seconds, found->second.seconds, {}};
    const double difference = change.head_s - change.base_s;
    if (step_changed && range.steps_share == 1)
      change.share = difference / (*head_step - *base_step);
    changes.emplace_back(std::abs(difference) * range.steps_share, std::move(change));
  }
  std::stable_sort(changes.begin(), changes.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<RangeChange> sorted;
  for (auto& [weight, change] : changes) sorted.push_back(std::move(change));
  return sorted;
}

}  // namespace bench::results
