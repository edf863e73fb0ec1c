// Which of two levels a run has, from one look at it: the likelihoods that bisect_posterior.h asks
// for.
//
// The levels are known from n pairs (good, bad) that ran side by side, whose differences
// bad - good have the median delta and the standard deviation s: a pair that was disturbed makes
// looks say less, not something else. A look is three runs one after the other, of the good arm, of
// the commit and of the bad arm; what counts is where the commit lies between its
// neighbours,
//   x = commit - (good + bad) / 2
// which a machine that gets slower at an even pace does not move. x is delta/2 or -delta/2 with an
// error of
//   s^2 / 2 * (1 + 1/2) + (s / 2)^2 / n
// (one run, the middle of two, the estimate of delta), in Student's t of n - 1 degrees of freedom.
// s is taken as no less than kLeastSpread |delta|, and one look counts for no more than
// kMostEvidence : 1, so that a single run that was disturbed cannot decide. With either level as
// probable the result is {1/2, 1/2}.
// Errors: UsageError for no pairs, values that are not finite, and a delta of 0.
#pragma once

#include <span>

#include "absl/status/statusor.h"
#include "results/statistics/bisect_posterior.h"

namespace bench::results {

inline constexpr double kLeastSpread = 0.05;
inline constexpr double kMostEvidence = 100;

struct SideBySide {
  double good = 0;
  double commit = 0;
  double bad = 0;
};

// `differences`: bad - good of the pairs. Normalised to a sum of 1.
absl::StatusOr<Likelihoods> LikelihoodsOf(const SideBySide& look,
                                          std::span<const double> differences);

}  // namespace bench::results
