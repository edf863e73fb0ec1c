#include "results/comparison/changes.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>
#include <set>
#include <span>
#include <utility>

#include "results/statistics/descriptive.h"
#include "results/statistics/power.h"
#include "results/statistics/rank_test.h"
#include "results/statistics/t_test.h"

namespace bench::results {
namespace {

constexpr Interval kUnbounded = {-std::numeric_limits<double>::infinity(),
                                 std::numeric_limits<double>::infinity()};
constexpr double kShown = 0.05;  // error of showing that nothing changed
// Fewer an arm show nothing at that level, however alike they are: 1 / C(6, 3) = 0.05.
constexpr int64_t kFewestForRanks = 3;

Design DesignOf(const MetricInfo& metric) {
  if (metric.kind == MetricKind::kTime) return Design::kRanks;
  if (metric.kind == MetricKind::kLearning) return Design::kPaired;
  return metric.deterministic ? Design::kExact : Design::kMedians;
}

bool Paired(Design design) { return design == Design::kExact || design == Design::kPaired; }

const SummaryValue* Find(const RunRecord& record, const std::string& path) {
  const auto found = record.summary.find(path);
  return found == record.summary.end() ? nullptr : &found->second;
}

// The description of the newer program, where both have one.
MetricInfo InfoOf(const std::string& path, const Group& base, const Group& head) {
  for (const Group* group : {&head, &base}) {
    for (const ResultsInput& run : group->runs) {
      if (const SummaryValue* value = Find(run.record, path)) return value->metric;
    }
  }
  return {};
}

std::vector<double> ValuesOf(const Group& group, const std::string& path, MetricKind kind) {
  std::vector<double> values;
  for (const ResultsInput& run : group.runs) {
    if (kind == MetricKind::kTime && run.record.resumed()) continue;
    if (const SummaryValue* value = Find(run.record, path)) values.push_back(value->value);
  }
  return values;
}

void AddPairs(const std::vector<PairOfRuns>& pairs, const std::string& path, MetricChange& change) {
  for (const auto& [base, head] : pairs) {
    const SummaryValue* b = Find(*base, path);
    const SummaryValue* h = Find(*head, path);
    if (b == nullptr || h == nullptr) continue;
    change.base.push_back(b->value);
    change.head.push_back(h->value);
  }
}

bool BitwiseEqual(const std::vector<double>& a, const std::vector<double>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) {
    return std::bit_cast<uint64_t>(x) == std::bit_cast<uint64_t>(y);
  });
}

double PooledDeviation(const MetricChange& change) {
  const auto squares = [](const std::vector<double>& values) {
    const double deviation = StandardDeviation(values);
    return deviation * deviation * static_cast<double>(values.size() - 1);
  };
  const auto freedom = static_cast<double>(change.base.size() + change.head.size() - 2);
  return std::sqrt((squares(change.base) + squares(change.head)) / freedom);
}

// What so many replicates could have shown, and how many would show that nothing changed.
// Replicates of spread `deviation` an arm.
void AddPower(double deviation, double alpha, MetricChange& change) {
  if (!(deviation > 0)) return;
  PowerOptions options{.standard_deviation = deviation, .alpha = alpha};
  const auto detectable =
      SmallestDetectableEffect(std::ssize(change.base), std::ssize(change.head), options);
  if (detectable.ok()) change.detectable = *detectable;
  if (!(change.margin > 0)) return;
  options.alpha = kShown;
  const auto needed = ReplicatesForEquivalence(change.margin, options);
  if (needed.ok() && needed->has_value()) {
    change.replicates_needed = std::max(**needed, kFewestForRanks);
  }
}

void MeasureRanks(MetricChange& change) {
  change.base_centre = Median(change.base);
  change.head_centre = Median(change.head);
  if (const auto test = RankTest(change.base, change.head); test.ok()) {
    change.p_value = test->p_value;
  }
  if (const auto shift = EstimateShift(change.base, change.head, kIntervalLevel); shift.ok()) {
    change.difference = shift->shift;
    change.interval = shift->interval;
  }
  if (change.base.size() < 2 || change.head.size() < 2) {
    change.replicates_needed = kFewestForRanks;
    return;
  }
  AddPower(PooledDeviation(change), kRanksAlpha, change);
}

void MeasurePairs(MetricChange& change) {
  change.base_centre = Mean(change.base);
  change.head_centre = Mean(change.head);
  change.difference = *change.head_centre - *change.base_centre;
  change.identical = change.metric.deterministic && BitwiseEqual(change.base, change.head);
  if (change.identical) {
    change.difference = 0;
    change.interval = {0, 0};
    return;
  }
  const auto test =
      PairedTTest(change.base, change.head, {.tail = Tail::kTwoSided, .level = kIntervalLevel});
  if (!test.ok()) return;  // one pair
  change.p_value = test->p_value;
  change.interval = test->interval;
  std::vector<double> differences;
  for (size_t i = 0; i < change.base.size(); ++i) {
    differences.push_back(change.head[i] - change.base[i]);
  }
  // Two arms of this spread have a difference of the pairs' spread.
  AddPower(StandardDeviation(differences) / std::numbers::sqrt2, kPairedAlpha, change);
}

double LargestDifference(const MetricChange& change) {
  double largest = 0;
  for (size_t i = 0; i < change.base.size(); ++i) {
    const double difference = change.head[i] - change.base[i];
    if (std::abs(difference) > std::abs(largest)) largest = difference;
  }
  return largest;
}

// Without a spread of their own.
void MeasureValues(MetricChange& change) {
  change.base_centre = Median(change.base);
  change.head_centre = Median(change.head);
  change.difference = *change.head_centre - *change.base_centre;
  if (change.design == Design::kExact && change.base.size() == change.head.size()) {
    change.difference = LargestDifference(change);
  }
  change.interval = {change.difference, change.difference};
  change.identical = change.metric.deterministic && BitwiseEqual(change.base, change.head);
}

void Measure(MetricChange& change) {
  switch (change.design) {
    case Design::kRanks:
      return MeasureRanks(change);
    case Design::kPaired:
      return MeasurePairs(change);
    case Design::kExact:
    case Design::kMedians:
      return MeasureValues(change);
  }
}

bool AllResumed(const Group& group) {
  return std::all_of(group.runs.begin(), group.runs.end(),
                     [](const ResultsInput& run) { return run.record.resumed(); });
}

bool Judged(const MetricInfo& metric, const Group& base, const Group& head) {
  if (metric.kind != MetricKind::kTime) return true;
  return metric.better != Better::kNone && !AllResumed(base) && !AllResumed(head);
}

MetricChange ChangeOf(const std::string& path, const Group& base, const Group& head,
                      const std::vector<PairOfRuns>& pairs) {
  MetricChange change;
  change.metric = InfoOf(path, base, head);
  change.design = DesignOf(change.metric);
  change.interval = kUnbounded;
  change.judged = Judged(change.metric, base, head);
  if (Paired(change.design)) AddPairs(pairs, path, change);
  if (change.base.empty() && change.head.empty()) {
    change.base = ValuesOf(base, path, change.metric.kind);
    change.head = ValuesOf(head, path, change.metric.kind);
  }
  if (change.base.empty() || change.head.empty() || !change.finite()) return change;
  const double centre = change.design == Design::kPaired ? Mean(change.base) : Median(change.base);
  change.margin =
      std::max(change.metric.threshold * std::abs(centre), change.metric.floor.value_or(0));
  Measure(change);
  return change;
}

}  // namespace

std::string_view Name(Design design) {
  switch (design) {
    case Design::kExact:
      return "exact";
    case Design::kMedians:
      return "medians";
    case Design::kRanks:
      return "ranks";
    case Design::kPaired:
      return "paired";
  }
  return "";
}

std::optional<double> MetricChange::ratio() const {
  if (!base_centre || !head_centre || *base_centre == 0) return std::nullopt;
  const double ratio = *head_centre / *base_centre;
  return std::isfinite(ratio) ? std::optional(ratio) : std::nullopt;
}

bool MetricChange::finite() const {
  const auto all = [](const std::vector<double>& values) {
    return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
  };
  return all(base) && all(head);
}

std::vector<MetricChange> MeasureChanges(const Group& base, const Group& head) {
  std::set<std::string> paths;
  for (const Group* group : {&base, &head}) {
    for (const ResultsInput& run : group->runs) {
      for (const auto& [path, value] : run.record.summary) paths.insert(path);
    }
  }
  const std::vector<PairOfRuns> pairs = PairsOf(base, head);
  std::vector<MetricChange> changes;
  for (const std::string& path : paths) changes.push_back(ChangeOf(path, base, head, pairs));
  return changes;
}

}  // namespace bench::results
