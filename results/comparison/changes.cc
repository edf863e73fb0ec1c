#include "results/comparison/changes.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <set>
#include <span>
#include <utility>

#include "results/comparison/targets.h"
#include "results/comparison/usable_times.h"
#include "results/statistics/descriptive.h"
#include "results/statistics/power.h"
#include "results/statistics/rank_test.h"
#include "results/statistics/t_test.h"

namespace bench::results {
namespace {

constexpr Interval kUnbounded = {-std::numeric_limits<double>::infinity(),
                                 std::numeric_limits<double>::infinity()};
// Fewer an arm show nothing at that level, however alike they are: 1 / C(6, 3) = 0.05.
constexpr int64_t kFewestForRanks = 3;
// Pairs that all differ by the same bound the difference from here on: each end with 1 - 2^-5.
constexpr size_t kFewestEqualPairs = 5;

// What a metric says of itself is deterministic in strict runs only.
Design DesignOf(const MetricInfo& metric, bool strict) {
  if (metric.kind == MetricKind::kTime) return Design::kRanks;
  if (metric.kind == MetricKind::kLearning) return Design::kPaired;
  return strict && metric.deterministic ? Design::kExact : Design::kMedians;
}

bool AllStrict(const Group& group) {
  return std::all_of(group.runs.begin(), group.runs.end(),
                     [](const ResultsInput& run) { return run.record.header.strict; });
}

bool Paired(Design design) { return design == Design::kExact || design == Design::kPaired; }

const SummaryValue* Find(const RunRecord& record, const std::string& path) {
  const auto found = record.summary.find(path);
  return found == record.summary.end() ? nullptr : &found->second;
}

// Of every run that has it.
std::vector<const MetricInfo*> InfosOf(const std::string& path, const Group& base,
                                       const Group& head) {
  std::vector<const MetricInfo*> infos;
  for (const Group* group : {&head, &base}) {
    for (const ResultsInput& run : group->runs) {
      if (const SummaryValue* value = Find(run.record, path)) infos.push_back(&value->metric);
    }
  }
  return infos;
}

bool Usable(double limit) { return std::isfinite(limit) && limit >= 0; }

// The head's description, with the smallest margin that any has.
void Describe(const std::vector<const MetricInfo*>& infos, MetricChange& change) {
  change.metric = *infos.front();
  for (const MetricInfo* info : infos) {
    change.described_alike = change.described_alike && info->units == change.metric.units &&
                             info->kind == change.metric.kind &&
                             info->better == change.metric.better &&
                             info->deterministic == change.metric.deterministic &&
                             Usable(info->threshold) && Usable(info->floor.value_or(0));
    change.metric.threshold = std::min(change.metric.threshold, info->threshold);
    const double floor = std::min(change.metric.floor.value_or(0), info->floor.value_or(0));
    if (change.metric.floor) change.metric.floor = floor;
  }
}

std::vector<double> ValuesOf(const Group& group, const std::string& path, MetricKind kind) {
  std::vector<double> values;
  for (const ResultsInput& run : group.runs) {
    if (kind == MetricKind::kTime && !HasUsableTimes(run.record)) continue;
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
void AddPower(double deviation, double alpha, const Significance& significance,
              MetricChange& change) {
  if (!(deviation > 0)) return;
  PowerOptions options{.standard_deviation = deviation, .alpha = alpha};
  const auto detectable =
      SmallestDetectableEffect(std::ssize(change.base), std::ssize(change.head), options);
  if (detectable.ok()) change.detectable = *detectable;
  if (!(change.margin > 0)) return;
  options.alpha = significance.bound;
  const auto needed = ReplicatesForEquivalence(change.margin, options);
  if (needed.ok() && needed->has_value()) {
    change.replicates_needed = std::max(**needed, kFewestForRanks);
  }
}

void MeasureRanks(const Significance& significance, MetricChange& change) {
  change.base_centre = Median(change.base);
  change.head_centre = Median(change.head);
  if (const auto test = RankTest(change.base, change.head); test.ok()) {
    change.p_value = test->p_value;
  }
  if (const auto shift = EstimateShift(change.base, change.head, significance.interval_level());
      shift.ok()) {
    change.difference = shift->shift;
    change.interval = shift->interval;
  }
  if (change.base.size() < 2 || change.head.size() < 2) {
    change.replicates_needed = kFewestForRanks;
    return;
  }
  AddPower(PooledDeviation(change), significance.ranks, significance, change);
}

void MeasurePairs(const Significance& significance, MetricChange& change) {
  change.base_centre = Mean(change.base);
  change.head_centre = Mean(change.head);
  change.difference = *change.head_centre - *change.base_centre;
  if (change.identical) {
    change.difference = 0;
    change.interval = {0, 0};
    return;
  }
  const auto test = PairedTTest(change.base, change.head,
                                {.tail = Tail::kTwoSided, .level = significance.interval_level()});
  if (!test.ok() || std::isnan(test->p_value)) return;  // one pair, or numbers that overflow
  change.p_value = test->p_value;
  if (!test->zero_variance || change.base.size() >= kFewestEqualPairs) {
    change.interval = test->interval;
  }
  std::vector<double> differences;
  for (size_t i = 0; i < change.base.size(); ++i) {
    differences.push_back(change.head[i] - change.base[i]);
  }
  // Two arms of this spread have a difference of the pairs' spread.
  AddPower(StandardDeviation(differences) / std::numbers::sqrt2, significance.paired, significance,
           change);
}

// The worst, or without a better direction the largest.
double DecidingDifference(const MetricChange& change) {
  const double sign = change.metric.better == Better::kHigher ? -1 : 1;
  const auto badness = [&](double difference) {
    return change.metric.better == Better::kNone ? std::abs(difference) : sign * difference;
  };
  double deciding = change.head.front() - change.base.front();
  for (size_t i = 1; i < change.base.size(); ++i) {
    const double difference = change.head[i] - change.base[i];
    if (badness(difference) > badness(deciding)) deciding = difference;
  }
  return deciding;
}

// Had the head lain so much higher or lower that the arms did not overlap: the larger of both
// differences, and no less than the margin.
double DetectableByMedians(const MetricChange& change) {
  const auto [base_low, base_high] = std::minmax_element(change.base.begin(), change.base.end());
  const auto [head_low, head_high] = std::minmax_element(change.head.begin(), change.head.end());
  const double higher = change.difference + (*base_high - *head_low);
  const double lower = change.difference - (*head_high - *base_low);
  return std::max({std::abs(higher), std::abs(lower), change.margin});
}

// Without a spread of their own.
void MeasureValues(MetricChange& change) {
  change.base_centre = Median(change.base);
  change.head_centre = Median(change.head);
  change.difference = *change.head_centre - *change.base_centre;
  if (change.design == Design::kExact) change.difference = DecidingDifference(change);
  if (change.design == Design::kMedians) change.detectable = DetectableByMedians(change);
  change.interval = {change.difference, change.difference};
}

void Measure(const Significance& significance, MetricChange& change) {
  switch (change.design) {
    case Design::kRanks:
      return MeasureRanks(significance, change);
    case Design::kPaired:
      return MeasurePairs(significance, change);
    case Design::kExact:
    case Design::kMedians:
      return MeasureValues(change);
  }
}

bool Judged(const MetricInfo& metric, const Group& base, const Group& head) {
  if (metric.kind != MetricKind::kTime) return true;
  if (metric.better == Better::kNone || !HasUsableTimes(base) || !HasUsableTimes(head))
    return false;
  // A head whose runs are disturbed more often may be what disturbs them: it swaps, or heats.
  return NumDisturbed(head) <= NumDisturbed(base) + kMoreDisturbed;
}

size_t NumRunsWithTimes(const Group& group) {
  return static_cast<size_t>(
      std::count_if(group.runs.begin(), group.runs.end(),
                    [](const ResultsInput& run) { return HasUsableTimes(run.record); }));
}

// Whether every run has it that could.
bool InAllRuns(const MetricChange& change, const Group& base, const Group& head,
               const std::vector<PairOfRuns>& pairs) {
  if (Paired(change.design)) {
    return change.base.size() == pairs.size() && change.head.size() == pairs.size();
  }
  const bool time = change.metric.kind == MetricKind::kTime;
  return change.base.size() == (time ? NumRunsWithTimes(base) : base.runs.size()) &&
         change.head.size() == (time ? NumRunsWithTimes(head) : head.runs.size());
}

// Two arms, and what is known of them as wholes.
struct Arms {
  const Group& base;
  const Group& head;
  std::vector<PairOfRuns> pairs;
  bool bits_equal = false;
  bool strict = false;
};

MetricChange ChangeOf(const std::string& path, const Arms& arms, const Significance& significance) {
  const auto& [base, head, pairs, bits_equal, strict] = arms;
  MetricChange change;
  Describe(InfosOf(path, base, head), change);
  change.design = DesignOf(change.metric, strict);
  change.interval = kUnbounded;
  change.judged = Judged(change.metric, base, head);
  if (Paired(change.design)) AddPairs(pairs, path, change);
  change.identical = bits_equal && change.metric.deterministic;
  const bool no_pair = change.base.empty();
  if (no_pair) {
    change.base = ValuesOf(base, path, change.metric.kind);
    change.head = ValuesOf(head, path, change.metric.kind);
  }
  change.in_all_runs = InAllRuns(change, base, head, pairs);
  // Of paired designs these are values of different seeds, for the eye alone.
  if (Paired(change.design) && no_pair) {
    change.in_all_runs = false;
    return change;
  }
  if (change.base.empty() || change.head.empty() || !change.finite()) return change;
  const double centre = change.design == Design::kPaired ? Mean(change.base) : Median(change.base);
  change.margin =
      std::max(change.metric.threshold * std::abs(centre), change.metric.floor.value_or(0));
  if (!change.described_alike || !std::isfinite(change.margin)) {
    change.described_alike = false;
    change.margin = 0;
    return change;
  }
  Measure(significance, change);
  // Known up to the interval between evaluations only, which is its floor.
  if (IsOfTarget(change.metric) && !change.identical) {
    const double resolution = change.metric.floor.value_or(0);
    change.interval.low -= resolution;
    change.interval.high += resolution;
  }
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

bool MetricChange::finite() const { return AllFinite(base) && AllFinite(head); }

std::vector<MetricChange> MeasureChanges(const Group& base, const Group& head, bool bits_equal,
                                         const Significance& significance) {
  std::set<std::string> paths;
  for (const Group* group : {&base, &head}) {
    for (const ResultsInput& run : group->runs) {
      for (const auto& [path, value] : run.record.summary) paths.insert(path);
    }
  }
  const Arms arms = {base, head, PairsOf(base, head), bits_equal,
                     AllStrict(base) && AllStrict(head)};
  std::vector<MetricChange> changes;
  for (const std::string& path : paths) {
    changes.push_back(ChangeOf(path, arms, significance));
  }
  return changes;
}

}  // namespace bench::results
