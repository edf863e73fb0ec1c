// What changed between two arms, and how sure that is: step three of a comparison. It makes no
// verdict.
//
// The unit is the replicate, a run of its own process; steps, items and repeats within it are not
// replicates. How a metric is measured follows from its descriptor:
//   kExact    of strict runs counts, and bytes that are the same in each of them: the pair that is
//             worse by most, or without a better direction differs most
//   kMedians  other counts and bytes, and those of relaxed runs: the medians of the arms
//   kRanks    times: the medians, Mann-Whitney's p-value and the Hodges-Lehmann interval
//   kPaired   losses and scores: replicates of one number have the same seeds, so their differences
//             are what counts: mean, Student's p-value and interval
// Differences are head - base in the metric's units. The margin is the largest change that does not
// matter: max(threshold * |centre of the base|, floor), by the smaller threshold and floor of the
// arms' descriptions: no program loosens the rule that it is judged by.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "results/comparison/group.h"
#include "results/record.h"
#include "results/statistics/interval.h"

namespace bench::results {

enum class Design { kExact, kMedians, kRanks, kPaired };
std::string_view Name(Design design);

inline constexpr double kFalseDiscoveryRate = 0.05;

// The errors that a comparison may make. One look of several has a share of them.
struct Significance {
  double bound = 0.05;    // that an end of an interval is passed by the true change
  double ranks = 0.002;   // p-values of times that count
  double paired = 0.005;  // of losses and scores
  double curves = 0.005;  // of learning curves
  // Of the metrics that are called changed. One experiment of several in a command has a part of
  // it, so that the rate is that of all; looks do not divide it.
  double false_discovery = kFalseDiscoveryRate;

  // Two-sided level of the intervals.
  double interval_level() const { return 1 - 2 * bound; }
  // With `share` of each error.
  Significance OfLook(double share) const {
    return {bound * share, ranks * share, paired * share, curves * share, false_discovery};
  }
};

// Head / base.
struct RatioEstimate {
  double ratio = 1;
  Interval interval;  // (0, infinity) where there are too few replicates
};

struct MetricChange {
  MetricInfo metric;
  Design design = Design::kExact;
  // One value a replicate, times of resumed runs left out; with kExact and kPaired pair by pair.
  std::vector<double> base;
  std::vector<double> head;
  // Absent where an arm has no value, or one that is not finite.
  std::optional<double> base_centre;  // medians; with kPaired means
  std::optional<double> head_centre;
  double difference = 0;
  double margin = 0;
  Interval interval;   // of the difference; without bounds where there are too few replicates; the
                       // difference alone where the design has no test
  double p_value = 1;  // two-sided; 1 where the design has none
  // All pairs of strict runs are equal bit for bit as wholes, this metric with them.
  bool identical = false;
  // Measured in every replicate of both arms, and described alike by all of them: units, kind,
  // better direction.
  bool in_all_runs = true;
  bool described_alike = true;
  // False for times that describe the machine or the set-up, and for those of arms that have only
  // resumed runs.
  bool judged = true;
  // Where replicates spread: the smallest change that so many of them would show with a chance of
  // 80%, and how many an arm would be needed to show, as surely, that nothing changed. With
  // kMedians the change, up or down, from which on arms that spread so do not overlap. Absent where
  // it is not known.
  std::optional<double> detectable;
  std::optional<int64_t> replicates_needed;
  // Only of arms that stand side by side (side_by_side.h).
  std::optional<RatioEstimate> ratio_estimate = std::nullopt;

  std::optional<double> ratio() const;  // head / base
  bool finite() const;                  // all values are
};

// Every metric of a summary of either arm, by path. `bits_equal`: all pairs of the arms are equal
// bit for bit.
std::vector<MetricChange> MeasureChanges(const Group& base, const Group& head, bool bits_equal,
                                         const Significance& significance = {});

}  // namespace bench::results
