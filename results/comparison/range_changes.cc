#include "results/comparison/range_changes.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "results/metrics.h"
#include "results/statistics/descriptive.h"

namespace bench::results {
namespace {

std::map<std::string, double> MediansOf(const Group& group) {
  std::map<std::string, std::vector<double>> runs;
  for (const ResultsInput& run : group.runs) {
    if (run.record.resumed()) continue;
    for (const auto& [name, range] : run.record.ranges) {
      if (!range.host_s.empty()) runs[name].push_back(Median(range.host_s));
    }
  }
  std::map<std::string, double> medians;
  for (const auto& [name, seconds] : runs) medians[name] = Median(seconds);
  return medians;
}

std::optional<double> StepTimeOf(const Group& group) {
  std::vector<double> seconds;
  for (const ResultsInput& run : group.runs) {
    const auto found = run.record.summary.find(std::string(kStepTime.name));
    if (found != run.record.summary.end() && !run.record.resumed()) {
      seconds.push_back(found->second.value);
    }
  }
  if (seconds.empty()) return std::nullopt;
  return Median(seconds);
}

}  // namespace

std::vector<RangeChange> CompareRanges(const Group& base, const Group& head) {
  const std::map<std::string, double> before = MediansOf(base);
  const std::map<std::string, double> after = MediansOf(head);
  const std::optional<double> base_step = StepTimeOf(base);
  const std::optional<double> head_step = StepTimeOf(head);
  std::vector<RangeChange> changes;
  for (const auto& [name, base_s] : before) {
    const auto found = after.find(name);
    if (found == after.end()) continue;
    RangeChange& change = changes.emplace_back(RangeChange{name, base_s, found->second, {}});
    if (base_step && head_step && *base_step != *head_step) {
      change.share = (change.head_s - change.base_s) / (*head_step - *base_step);
    }
  }
  std::stable_sort(changes.begin(), changes.end(), [](const RangeChange& a, const RangeChange& b) {
    return std::abs(a.head_s - a.base_s) > std::abs(b.head_s - b.base_s);
  });
  return changes;
}

}  // namespace bench::results
