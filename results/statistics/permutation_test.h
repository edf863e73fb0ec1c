// Permutation tests of a difference of means.
//
//   paired    mean(d), d = head - base pair by pair, over all 2^n choices of signs
//   unpaired  mean(head) - mean(base) over all n + m choose m relabellings
//
// Exact up to kMaxExactArrangements arrangements (20 pairs; 11 against 11), beyond that a seeded
// sample of `num_resamples` with p = (b + 1) / (B + 1). The two-sided p-value is
// min(1, 2 * min(tails)), as in rank_test.h. An arrangement counts as extreme when it reaches the
// observed statistic up to rounding, so that ties are never lost to the order of a sum.
//
// Assumes only that labels are exchangeable under the null hypothesis (paired: that d is
// symmetric). Errors: UsageError for an empty arm, values that are not finite, pairs of unequal
// sizes, num_resamples < 1. Source: Fisher 1935; Phipson and Smyth 2010.
#pragma once

#include <cstdint>
#include <span>

#include "absl/status/statusor.h"
#include "results/statistics/interval.h"

namespace bench::results {

inline constexpr int64_t kMaxExactArrangements = int64_t{1} << 20;

struct PermutationOptions {
  Tail tail = Tail::kTwoSided;
  int64_t num_resamples = 9999;
  uint64_t seed = 0;
};

struct PermutationResult {
  double difference = 0;  // of the means, head - base
  double p_value = 1;
  bool exact = false;
  int64_t num_arrangements = 0;  // that were looked at
};

absl::StatusOr<PermutationResult> PairedPermutationTest(std::span<const double> base,
                                                        std::span<const double> head,
                                                        const PermutationOptions& options = {});

absl::StatusOr<PermutationResult> UnpairedPermutationTest(std::span<const double> base,
                                                          std::span<const double> head,
                                                          const PermutationOptions& options = {});

// The smallest p-value that an exact test of these sizes can give: 1 / arrangements, twice that
// two-sided. A sample of B arrangements cannot give less than 1 / (B + 1) and 2 / (B + 1).
double SmallestPairedPValue(int64_t num_pairs, Tail tail = Tail::kTwoSided);
double SmallestUnpairedPValue(int64_t num_base, int64_t num_head, Tail tail = Tail::kTwoSided);

}  // namespace bench::results
