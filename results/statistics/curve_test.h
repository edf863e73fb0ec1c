// Whether two arms of learning curves differ anywhere: a max-T permutation test over the points of
// a common grid (common_grid.h), which controls the error over all points at once.
//
// Curves are [replicate][point]. At each point the difference of means, head - base, is divided by
// a scale s that no relabelling changes:
//   unpaired  s = sqrt(sum (x - pooled mean)^2 / (n + m - 1)) over both arms
//   paired    s = sqrt(sum d^2 / n), d = head - base pair by pair
// With the other arm's spread fixed so, |difference| / s grows strictly with |t| at a point, by the
// same function at every point: the p-value is that of max |t|, without its division by zero where
// both arms are constant. s is at least `scale_floor` (a metric's resolution, in its units) and at
// least 1e-12 of the greatest magnitude at the point, so that rounding counts nowhere.
// The p-value is the share of arrangements with a maximum at least as great as the observed one:
// exact up to kMaxExactCurveArrangements, then sampled (arrangements.h).
//
// Errors: UsageError for an empty arm, curves of unequal or no length, arms that cannot be paired,
// a value that is not finite (a diverged run is to be judged before), num_resamples < 1, a floor
// that is negative or not finite.
// Source: Westfall and Young, "Resampling-Based Multiple Testing", 1993.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "results/statistics/arrangements.h"

namespace bench::results {

inline constexpr int64_t kMaxExactCurveArrangements = int64_t{1} << 16;

using Curve = std::vector<double>;  // [point]

struct CurveTestOptions {
  Pairing pairing = Pairing::kUnpaired;
  double scale_floor = 0;  // units of the values
  int64_t num_resamples = 9999;
  uint64_t seed = 0;
};

struct CurveTestResult {
  double statistic = 0;  // max |difference| / s
  double p_value = 1;    // two-sided
  bool exact = false;
  std::size_t point = 0;  // of the maximum, the first of several
  double difference = 0;  // of the means there, head - base: its sign is the direction
};

absl::StatusOr<CurveTestResult> CurveTest(std::span<const Curve> base, std::span<const Curve> head,
                                          const CurveTestOptions& options = {});

// The smallest p-value that arms of these sizes can give: 2 / arrangements where exchanging the
// arms as wholes is an arrangement (paired, or equal sizes), else 1 / arrangements.
double SmallestCurveTestPValue(std::size_t num_base, std::size_t num_head, Pairing pairing);

}  // namespace bench::results
