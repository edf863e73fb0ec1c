// Proportions: how sure one is, how far two are apart, and whether paired answers changed.
//
//   Wilson    (p + z^2/2n -+ z sqrt(p (1 - p)/n + z^2/4n^2)) / (1 + z^2/n), z the normal quantile
//   of
//             (1 + level)/2, without continuity correction; exactly 0 and 1 at its ends
//   Newcombe  head - base, from the Wilson limits l, u of both (his method 10):
//             low  = d - sqrt((p_h - l_h)^2 + (u_b - p_b)^2)
//             high = d + sqrt((u_h - p_h)^2 + (p_b - l_b)^2)
//   McNemar   of b pairs only base answers right and of c only head: c is binomial (b + c, 1/2)
//   under
//             the null hypothesis; exact
//
// Trials must be independent: the items of one replicate are, those of several replicates of one
// model are not. Errors: UsageError for no trials, counts that are negative or more than the
// trials, a level outside (0, 1). Sources: Wilson 1927; Newcombe 1998; McNemar 1947.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "results/statistics/interval.h"

namespace bench::results {

struct Proportion {
  int64_t successes = 0;
  int64_t trials = 0;

  double value() const { return static_cast<double>(successes) / static_cast<double>(trials); }
};

absl::StatusOr<Interval> WilsonInterval(const Proportion& proportion, double level);

struct ProportionDifference {
  double difference = 0;  // head - base
  Interval interval;
};
absl::StatusOr<ProportionDifference> CompareProportions(const Proportion& base,
                                                        const Proportion& head, double level);

// Items that exactly one of two paired arms answered right.
struct DiscordantPairs {
  int64_t only_base = 0;
  int64_t only_head = 0;
};
// The p-value; Tail::kGreater: head answers right more often. Without discordant pairs it is 1.
absl::StatusOr<double> McNemarPValue(const DiscordantPairs& pairs, Tail tail = Tail::kTwoSided);

}  // namespace bench::results
