// Whether two models answer the same items right: McNemar's test on the items of one pair of runs,
// and by how much, with the percentile interval of a bootstrap over the items as pairs (an item is
// drawn with both of its answers).
//
// It tells two models apart, not two commits: replicates of one commit are different models, and
// are called different by it. No verdict follows from it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "results/comparison/group.h"
#include "results/comparison/selection.h"
#include "results/statistics/interval.h"
#include "results/statistics/proportions.h"

namespace bench::results {

// Below it a report says that the two models differ.
inline constexpr double kModelsDiffer = 0.05;
inline constexpr double kItemInterval = 0.95;

struct ItemChange {
  std::string path;  // of the metric
  int64_t replicate = 0;
  Proportion base, head;
  DiscordantPairs discordant;
  double p_value = 1;
  double difference = 0;  // head's share of right answers less base's
  Interval interval;      // of the difference, at kItemInterval
};

// Of the proportions whose items the first pair recorded, in as many items.
std::vector<ItemChange> CompareItems(const std::vector<PairOfRuns>& pairs,
                                     const MetricSelection& selection);

}  // namespace bench::results
