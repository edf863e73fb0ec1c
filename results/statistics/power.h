// What a comparison of two arms by rank_test.h can find, before or after it was made.
//
// A rank test on n normal values has the power of a t test on n' = n * 3/pi of them (Pitman's
// asymptotic relative efficiency; for all but normal distributions it is better than that, and
// never below 0.864). With n' and m' values, degrees of freedom n' + m' - 2, the critical t of
// alpha and delta = effect / sd * sqrt(n' m' / (n' + m')):
//   detection    P(|T| > t), T noncentral t (delta), t at alpha / 2
//   equivalence  of arms that are equal, both one-sided tests at alpha against -+margin:
//                at least 2 P(T > t) - 1, T noncentral t (delta of the margin), t at alpha (union
//                bound)
// Arms so small that no p-value of theirs reaches alpha have power 0 whatever the effect.
//
// Effects, margins and the pooled standard deviation are in one unit, such as a share of base's
// mean (0.02 stands for 2%). Absent: what no effect reaches, or more than kMaxReplicates an arm.
// Errors: UsageError for an arm of fewer than two, a deviation that is negative or not finite, an
// effect that is not positive, alpha or power outside (0, 1).
// Sources: Hodges and Lehmann 1956; Lehmann, "Nonparametrics", 1975; Phillips 1990 (equivalence).
#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"

namespace bench::results {

inline constexpr int64_t kMaxReplicates = 10'000;

struct PowerOptions {
  double standard_deviation = 0;
  double alpha = 0.05;  // detection: two-sided; equivalence: of each one-sided test
  double power = 0.8;
};

// The smallest effect that arms of these sizes find with the given power.
absl::StatusOr<std::optional<double>> SmallestDetectableEffect(int64_t num_base, int64_t num_head,
                                                               const PowerOptions& options);

// How many replicates each arm needs to find `effect` with the given power.
absl::StatusOr<std::optional<int64_t>> ReplicatesToDetect(double effect,
                                                          const PowerOptions& options);

// How many replicates each arm needs to establish, with the given power, that equal arms are
// equivalent within `margin`.
absl::StatusOr<std::optional<int64_t>> ReplicatesForEquivalence(double margin,
                                                                const PowerOptions& options);

}  // namespace bench::results
