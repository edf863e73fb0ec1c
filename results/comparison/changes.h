// What changed between two arms, and how sure that is: step three of a comparison. It makes no
// verdict.
//
// The unit is the replicate, a run of its own process; steps, items and repeats within it are not
// replicates. How a metric is measured follows from its descriptor:
//   kExact    counts, and bytes that are the same in every strict run: the pair that differs most
//   kMedians  other counts and bytes: the medians of the arms
//   kRanks    times: the medians, Mann-Whitney's p-value and the Hodges-Lehmann interval
//   kPaired   losses and scores: replicates of one number have the same seeds, so their differences
//             are what counts: mean, Student's p-value and interval
// Differences are head - base in the metric's units. The margin is the largest change that does not
// matter: max(threshold * |centre of the base|, floor).
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

// Of intervals; each of their ends holds with 95%.
inline constexpr double kIntervalLevel = 0.9;
// P-values at most this great count, of times and of learning.
inline constexpr double kRanksAlpha = 0.002;
inline constexpr double kPairedAlpha = 0.005;

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
  Interval interval;   // of the difference; without bounds where there are too few replicates
  double p_value = 1;  // two-sided; 1 where the design has none
  // Every pair of a deterministic metric is equal bit for bit.
  bool identical = false;
  // False for times that describe the machine or the set-up, and for those of arms that have only
  // resumed runs.
  bool judged = true;
  // Where replicates spread: the smallest change that so many of them would show with a chance of
  // 80%, and how many an arm would be needed to show, as surely, that nothing changed. Absent where
  // it is not known.
  std::optional<double> detectable;
  std::optional<int64_t> replicates_needed;

  std::optional<double> ratio() const;  // head / base
  bool finite() const;                  // all values are
};

// Every metric of a summary of either arm, by path.
std::vector<MetricChange> MeasureChanges(const Group& base, const Group& head);

}  // namespace bench::results
