#include "results/statistics/proportions.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/statistics/distributions.h"
#include "results/statistics/validity.h"

namespace bench::results {
namespace {

absl::Status CheckProportion(const Proportion& proportion) {
  if (proportion.trials > 0 && proportion.successes >= 0 &&
      proportion.successes <= proportion.trials) {
    return absl::OkStatus();
  }
  return UsageError(
      absl::StrCat(proportion.successes, " of ", proportion.trials, " is not a proportion"));
}

}  // namespace

absl::StatusOr<Interval> WilsonInterval(const Proportion& proportion, double level) {
  BENCH_RETURN_IF_ERROR(CheckProportion(proportion));
  BENCH_RETURN_IF_ERROR(CheckProbability(level, "level"));
  const auto n = static_cast<double>(proportion.trials);
  const double p = proportion.value();
  const double z = -NormalQuantile((1 - level) / 2);
  const double centre = p + z * z / (2 * n);
  const double reach = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  const double scale = 1 + z * z / n;
  // At the ends centre and reach are equal but for rounding.
  return Interval{proportion.successes == 0 ? 0 : (centre - reach) / scale,
                  proportion.successes == proportion.trials ? 1 : (centre + reach) / scale};
}

absl::StatusOr<ProportionDifference> CompareProportions(const Proportion& base,
                                                        const Proportion& head, double level) {
  BENCH_ASSIGN_OR_RETURN(const Interval of_base, WilsonInterval(base, level));
  BENCH_ASSIGN_OR_RETURN(const Interval of_head, WilsonInterval(head, level));
  const double b = base.value();
  const double h = head.value();
  const double difference = h - b;
  return ProportionDifference{
      .difference = difference,
      .interval = {difference - std::hypot(h - of_head.low, of_base.high - b),
                   difference + std::hypot(of_head.high - h, b - of_base.low)}};
}

absl::StatusOr<double> McNemarPValue(const DiscordantPairs& pairs, Tail tail) {
  if (pairs.only_base < 0 || pairs.only_head < 0) {
    return UsageError(absl::StrCat(pairs.only_base, " and ", pairs.only_head,
                                   " are not numbers of discordant pairs"));
  }
  // By symmetry P(C >= c) = P(B <= b).
  const int64_t discordant = pairs.only_base + pairs.only_head;
  const double greater = BinomialLowerTail(pairs.only_base, discordant, 0.5);
  const double less = BinomialLowerTail(pairs.only_head, discordant, 0.5);
  if (tail == Tail::kGreater) return greater;
  if (tail == Tail::kLess) return less;
  return std::min(1.0, 2 * std::min(less, greater));
}

}  // namespace bench::results
