// Whether two arms learn differently anywhere on their way: a permutation test over all learning
// curves that have a better direction (statistics/curve_test.h), paired by replicate number.
//
// Curves are brought onto a common grid of tokens and tested together, so that the p-value holds
// for all of them at once. It takes nine pairs to reach 0.005 by changing signs (2 / 2^9). Fewer
// are tested as if they were no pairs, by exchanging any runs of the arms: that sees less where
// pairs are alike, and can reach 0.005 with six an arm (2 / C(12, 6)). With fewer still it says
// nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "results/comparison/changes.h"
#include "results/comparison/group.h"
#include "results/comparison/selection.h"

namespace bench::results {

inline constexpr size_t kFewestCurvePairs = 9;
inline constexpr size_t kFewestCurveRuns = 6;  // an arm, without pairs
// Points of a curve that are tested, spread evenly over it.
inline constexpr size_t kMostCurvePoints = 200;

struct CurveChange {
  int64_t num_curves = 0;
  int64_t num_pairs = 0;
  bool paired = true;  // how they were tested
  // Every curve is in all runs. What is not is named, and not tested.
  bool complete = true;
  std::string incomplete_path;
  double p_value = 1;
  // Where the difference is largest, measured by its spread over the pairs.
  std::string path;       // "evals/loss"
  double tokens = 0;      // seen in training there
  double difference = 0;  // of the means, head - base, in the metric's units
  bool worse = false;
  bool differ = false;  // the p-value counts
};

// Of the metrics that are selected. Absent with one pair, and where the pairs have no such curves.
std::optional<CurveChange> CompareCurves(const std::vector<PairOfRuns>& pairs,
                                         const MetricSelection& selection,
                                         const Significance& significance = {});

}  // namespace bench::results
