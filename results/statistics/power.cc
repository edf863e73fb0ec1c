#include "results/statistics/power.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/statistics/distributions.h"
#include "results/statistics/rank_test.h"
#include "results/statistics/validity.h"

namespace bench::results {
namespace {

constexpr double kRelativeEfficiency = 3 / std::numbers::pi;
// Halvings of a bracket: more than the bits of a double.
constexpr int kMaxHalvings = 60;

// The t test that stands for a rank test of arms of n and m values.
struct EquivalentTTest {
  EquivalentTTest(double n, double m)
      : degrees_of_freedom(kRelativeEfficiency * (n + m) - 2),
        noncentrality_per_effect(std::sqrt(kRelativeEfficiency * n * m / (n + m))) {}

  // P(T > the critical t of `alpha`), for an effect in standard deviations.
  double UpperPower(double effect, double alpha) const {
    return UpperPowerAt(noncentrality_per_effect * effect, alpha);
  }
  // Beyond 2 t + 40 the power is 1 to 5 digits for any arms, and 0 on the other side; less is the
  // cautious side, and takes bounded time.
  double UpperPowerAt(double noncentrality, double alpha) const {
    const double t = -StudentQuantile(alpha, degrees_of_freedom);
    const double reach = 2 * t + 40;
    return NoncentralStudentUpperTail(t, degrees_of_freedom,
                                      std::clamp(noncentrality, -reach, reach));
  }
  double TwoSidedPowerAt(double noncentrality, double alpha) const {
    return UpperPowerAt(noncentrality, alpha / 2) + UpperPowerAt(-noncentrality, alpha / 2);
  }

  double degrees_of_freedom;
  double noncentrality_per_effect;  // in standard deviations
};

absl::Status CheckOptions(const PowerOptions& options) {
  BENCH_RETURN_IF_ERROR(CheckProbability(options.alpha, "alpha"));
  BENCH_RETURN_IF_ERROR(CheckProbability(options.power, "power"));
  if (std::isfinite(options.standard_deviation) && options.standard_deviation >= 0) {
    return absl::OkStatus();
  }
  return UsageError(absl::StrCat("a standard deviation of ", options.standard_deviation));
}

absl::Status CheckQuestion(double effect, const PowerOptions& options) {
  BENCH_RETURN_IF_ERROR(CheckOptions(options));
  if (std::isfinite(effect) && effect > 0) return absl::OkStatus();
  return UsageError(absl::StrCat(effect, " is not an effect that can be looked for"));
}

// The noncentrality at which the two-sided test reaches the power.
std::optional<double> NoncentralityOfPower(const EquivalentTTest& test,
                                           const PowerOptions& options) {
  // Already there without an effect: only where the power is at most alpha.
  if (test.TwoSidedPowerAt(0, options.alpha) >= options.power) return 0;
  double low = 0;
  double high = 1;
  int doublings = 0;
  while (!(test.TwoSidedPowerAt(high, options.alpha) >= options.power)) {
    if (++doublings > kMaxHalvings) return std::nullopt;
    low = high;
    high *= 2;
  }
  for (int i = 0; i < kMaxHalvings; ++i) {
    const double middle = low + (high - low) / 2;
    (test.TwoSidedPowerAt(middle, options.alpha) >= options.power ? high : low) = middle;
  }
  return high;
}

// The least size in [2, kMaxReplicates] that suffices; `suffices` holds from some size on.
std::optional<int64_t> LeastReplicates(absl::FunctionRef<bool(int64_t)> suffices) {
  if (!suffices(kMaxReplicates)) return std::nullopt;
  int64_t low = 1;
  int64_t high = kMaxReplicates;
  while (high - low > 1) {
    const int64_t middle = low + (high - low) / 2;
    (suffices(middle) ? high : low) = middle;
  }
  return high;
}

}  // namespace

absl::StatusOr<std::optional<double>> SmallestDetectableEffect(int64_t num_base, int64_t num_head,
                                                               const PowerOptions& options) {
  BENCH_RETURN_IF_ERROR(CheckOptions(options));
  if (num_base < 2 || num_head < 2) {
    return UsageError(absl::StrCat("arms of ", num_base, " and ", num_head, " replicates"));
  }
  if (SmallestRankTestPValue(num_base, num_head) > options.alpha) return std::nullopt;
  const EquivalentTTest test(static_cast<double>(num_base), static_cast<double>(num_head));
  const std::optional<double> noncentrality = NoncentralityOfPower(test, options);
  if (!noncentrality) return std::nullopt;
  return *noncentrality / test.noncentrality_per_effect * options.standard_deviation;
}

absl::StatusOr<std::optional<int64_t>> ReplicatesToDetect(double effect,
                                                          const PowerOptions& options) {
  BENCH_RETURN_IF_ERROR(CheckQuestion(effect, options));
  return LeastReplicates([&](int64_t n) {
    if (SmallestRankTestPValue(n, n) > options.alpha) return false;
    if (options.standard_deviation == 0) return true;
    const EquivalentTTest test(static_cast<double>(n), static_cast<double>(n));
    const double effect_in_deviations = effect / options.standard_deviation;
    return test.TwoSidedPowerAt(test.noncentrality_per_effect * effect_in_deviations,
                                options.alpha) >= options.power;
  });
}

absl::StatusOr<std::optional<int64_t>> ReplicatesForEquivalence(double margin,
                                                                const PowerOptions& options) {
  BENCH_RETURN_IF_ERROR(CheckQuestion(margin, options));
  return LeastReplicates([&](int64_t n) {
    if (SmallestRankTestPValue(n, n, Tail::kGreater) > options.alpha) return false;
    if (options.standard_deviation == 0) return true;
    const EquivalentTTest test(static_cast<double>(n), static_cast<double>(n));
    const double effect = margin / options.standard_deviation;
    return 2 * test.UpperPower(effect, options.alpha) - 1 >= options.power;
  });
}

}  // namespace bench::results
