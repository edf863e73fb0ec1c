// The Mann-Whitney U test: whether one of two independent arms tends to the greater values, and by
// how much (Hodges-Lehmann).
//
// U = #{(b, h) : h > b} + #{(b, h) : h = b} / 2 over all pairs of a base and a head value. Up to
// kMaxExactRankSize values in all, p-values are exact: the distribution of the head's midrank sum
// over all n + m choose m relabellings, conditional on the ties. Beyond it they are the normal
// approximation with tie and continuity correction. The two-sided p-value is min(1, 2 *
// min(tails)).
//
// The shift is the median of the n * m differences head - base, in units of the values. Its
// interval inverts the exact test without ties: [D_(c), D_(nm+1-c)] of the ordered differences, c
// the greatest with P(U <= c - 1) <= (1 - level) / 2. The interval is closed, so ties only raise
// its coverage. It is (-inf, inf) where sizes so small cannot reach the level.
//
// Errors: UsageError for an empty arm, a value that is not finite, a level outside (0, 1), more
// than kMaxRankPairs differences. Does not test medians: arms of other shapes differ too. Sources:
// Mann and Whitney 1947; Hodges and Lehmann 1963; Hollander, Wolfe and Chicken, "Nonparametric
// Statistical Methods", 2014, chapter 4.
#pragma once

#include <cstdint>
#include <span>

#include "absl/status/statusor.h"
#include "results/statistics/interval.h"

namespace bench::results {

inline constexpr int64_t kMaxExactRankSize = 100;
inline constexpr int64_t kMaxRankPairs = 1'000'000;

struct RankTestResult {
  double u = 0;
  double p_value = 1;
  bool exact = false;
};
absl::StatusOr<RankTestResult> RankTest(std::span<const double> base, std::span<const double> head,
                                        Tail tail = Tail::kTwoSided);

struct ShiftEstimate {
  double shift = 0;  // head - base
  Interval interval;
};
absl::StatusOr<ShiftEstimate> EstimateShift(std::span<const double> base,
                                            std::span<const double> head, double level);

// The smallest p-value that arms of these sizes can give: 1 / C(n + m, n), twice that two-sided.
double SmallestRankTestPValue(int64_t num_base, int64_t num_head, Tail tail = Tail::kTwoSided);

}  // namespace bench::results
