#include "results/comparison/side_by_side.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "results/metrics.h"
#include "results/statistics/rank_test.h"

namespace bench::results {
namespace {

void AddUnits(const Group& group, const std::string& path, std::set<std::string>& units) {
  for (const ResultsInput& run : group.runs) {
    const auto found = run.record.summary.find(path);
    if (found != run.record.summary.end()) units.insert(found->second.metric.units);
  }
}

bool SameUnits(const Group& base, const Group& head, const std::string& path) {
  std::set<std::string> units;
  AddUnits(base, path, units);
  AddUnits(head, path, units);
  return units.size() == 1;
}

bool IsOfOneProcess(const MetricInfo& metric) {
  return metric.name == kPeakMemory.name || metric.name == kPeakDeviceMemory.name;
}

bool SameNumberOfRanks(const Group& base, const Group& head) {
  std::set<int64_t> sizes;
  for (const ResultsInput& run : base.runs) sizes.insert(run.record.header.world_size);
  for (const ResultsInput& run : head.runs) sizes.insert(run.record.header.world_size);
  return sizes.size() == 1;
}

// Absent where a value is not positive.
std::optional<std::vector<double>> Logarithms(std::span<const double> values) {
  std::vector<double> logarithms;
  for (const double value : values) {
    if (!std::isfinite(value) || value <= 0) return std::nullopt;
    logarithms.push_back(std::log(value));
  }
  return logarithms;
}

std::optional<RatioEstimate> RatioOf(const MetricChange& change, double level) {
  const auto base = Logarithms(change.base);
  const auto head = Logarithms(change.head);
  if (!base || !head) return std::nullopt;
  const auto shift = EstimateShift(*base, *head, level);
  if (!shift.ok()) return std::nullopt;
  return RatioEstimate{std::exp(shift->shift),
                       {std::exp(shift->interval.low), std::exp(shift->interval.high)}};
}

}  // namespace

std::vector<JudgedChange> SideBySide(std::vector<MetricChange> changes, const Group& base,
                                     const Group& head, const Significance& significance) {
  const bool same_ranks = SameNumberOfRanks(base, head);
  std::vector<JudgedChange> rows;
  for (MetricChange& change : changes) {
    const bool in_both = !change.base.empty() && !change.head.empty();
    if (!in_both || !change.judged || !SameUnits(base, head, change.metric.Path())) continue;
    if (!same_ranks && IsOfOneProcess(change.metric)) continue;
    change.ratio_estimate = RatioOf(change, significance.interval_level());
    rows.push_back({std::move(change), 1, Verdict::kNotJudged, false});
  }
  return rows;
}

}  // namespace bench::results
