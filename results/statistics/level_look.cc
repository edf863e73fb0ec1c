#include "results/statistics/level_look.h"

#include <algorithm>
#include <cmath>

#include "base/status.h"
#include "results/statistics/descriptive.h"
#include "results/statistics/validity.h"

namespace bench::results {
namespace {

// The logarithm of Student's density but for what does not depend on t.
double LogDensity(double t, double degrees_of_freedom) {
  return -(degrees_of_freedom + 1) / 2 * std::log1p(t * t / degrees_of_freedom);
}

double SpreadOf(std::span<const double> differences) {
  return differences.size() < 2 ? 0 : StandardDeviation(differences);
}

}  // namespace

absl::StatusOr<Likelihoods> LikelihoodsOf(const SideBySide& look,
                                          std::span<const double> differences) {
  BENCH_RETURN_IF_ERROR(CheckSample(differences, 1));
  const double runs[] = {look.good, look.commit, look.bad};
  BENCH_RETURN_IF_ERROR(CheckSample(runs, 3));
  const double delta = Median(differences);
  if (delta == 0) return UsageError("the two levels are one");
  const auto n = static_cast<double>(differences.size());
  const double s = std::max(SpreadOf(differences), kLeastSpread * std::abs(delta));
  const double error = std::sqrt(s * s / 2 * 1.5 + s * s / 4 / n);
  const double degrees_of_freedom = std::max(n - 1, 1.0);
  const double x = look.commit - (look.good + look.bad) / 2;
  const double log_ratio = LogDensity((x - delta / 2) / error, degrees_of_freedom) -
                           LogDensity((x + delta / 2) / error, degrees_of_freedom);
  const double limit = std::log(kMostEvidence);
  const double odds = std::exp(std::clamp(log_ratio, -limit, limit));
  return Likelihoods{odds / (1 + odds), 1 / (1 + odds)};
}

}  // namespace bench::results
