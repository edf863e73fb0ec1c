// Student's t test of a difference of means, for unpaired arms (Welch) and for paired ones.
//
//   Welch   t = (mean(head) - mean(base)) / sqrt(v_b/n + v_h/m), v the sample variances,
//           degrees of freedom (v_b/n + v_h/m)^2 / ((v_b/n)^2/(n-1) + (v_h/m)^2/(m-1))
//   paired  t = mean(d) / sqrt(v_d/n), d = head - base pair by pair, n - 1 degrees of freedom
//
// The interval is that of the difference of means, in units of the values: two-sided for
// Tail::kTwoSided, else the one-sided bound that belongs to the test (the other end is infinite).
//
// Without any spread (both arms constant; all pairs apart by the same, up to the rounding of
// doubles, and a difference within that rounding is none) t is 0/0 or infinite, and 0 as its
// p-value would be a certainty that a few replicates do not give. Then `zero_variance` is set, the
// interval is the difference alone, and the p-value is the exact one of relabelling
// (permutation_test.h): 1 where nothing differs, else the smallest that these sizes can give in the
// direction of the difference, and 1 against it. The statistic is then 0 or infinite.
//
// Errors: UsageError for an arm of fewer than two values, values that are not finite, pairs of
// unequal sizes, a level outside (0, 1). Source: Welch 1947; Satterthwaite 1946.
#pragma once

#include <span>

#include "absl/status/statusor.h"
#include "results/statistics/interval.h"

namespace bench::results {

struct TTestOptions {
  Tail tail = Tail::kTwoSided;
  double level = 0.95;  // of the interval
};

struct TTestResult {
  double statistic = 0;
  double degrees_of_freedom = 0;
  double p_value = 1;
  double difference = 0;  // of the means, head - base
  Interval interval;
  bool zero_variance = false;
};

absl::StatusOr<TTestResult> WelchTTest(std::span<const double> base, std::span<const double> head,
                                       const TTestOptions& options = {});

absl::StatusOr<TTestResult> PairedTTest(std::span<const double> base, std::span<const double> head,
                                        const TTestOptions& options = {});

}  // namespace bench::results
