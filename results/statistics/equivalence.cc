#include "results/statistics/equivalence.h"

namespace bench::results {

Margin Margin::OfDifference(double width) { return {.low = -width, .high = width, .no_change = 0}; }

Margin Margin::OfRatio(double share) {
  return {.low = 1 / (1 + share), .high = 1 + share, .no_change = 1};
}

Equivalence JudgeEquivalence(const Interval& interval, const Margin& margin, Favours favours) {
  const bool not_below = interval.low >= margin.low;
  const bool not_above = interval.high <= margin.high;
  const bool lower = interval.high < margin.no_change;
  const bool higher = interval.low > margin.no_change;
  const bool favours_lower = favours == Favours::kLower;
  return {.equivalent = not_below && not_above,
          .non_inferior = favours_lower ? not_above : not_below,
          .superior = favours_lower ? lower : higher,
          .inferior = favours_lower ? higher : lower,
          .beyond_margin = interval.high < margin.low || interval.low > margin.high};
}

}  // namespace bench::results
