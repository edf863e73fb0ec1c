#include "results/statistics/t_test.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "base/status.h"
#include "results/statistics/descriptive.h"
#include "results/statistics/distributions.h"
#include "results/statistics/permutation_test.h"
#include "results/statistics/validity.h"

namespace bench::results {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A difference, how uncertain it is, and what a t test makes of both.
struct Estimate {
  double difference = 0;
  double standard_error = 0;
  double degrees_of_freedom = 0;
};

double PValue(double t, double degrees_of_freedom, Tail tail) {
  if (tail == Tail::kGreater) return StudentUpperTail(t, degrees_of_freedom);
  if (tail == Tail::kLess) return StudentUpperTail(-t, degrees_of_freedom);
  return std::min(1.0, 2 * StudentUpperTail(std::abs(t), degrees_of_freedom));
}

Interval DifferenceInterval(const Estimate& estimate, const TTestOptions& options) {
  const double outside = 1 - options.level;
  const double in_one_tail = options.tail == Tail::kTwoSided ? outside / 2 : outside;
  const double reach =
      -StudentQuantile(in_one_tail, estimate.degrees_of_freedom) * estimate.standard_error;
  return {options.tail == Tail::kLess ? -kInfinity : estimate.difference - reach,
          options.tail == Tail::kGreater ? kInfinity : estimate.difference + reach};
}

TTestResult Test(const Estimate& estimate, const TTestOptions& options) {
  const double t = estimate.difference / estimate.standard_error;
  return {.statistic = t,
          .degrees_of_freedom = estimate.degrees_of_freedom,
          .p_value = PValue(t, estimate.degrees_of_freedom, options.tail),
          .difference = estimate.difference,
          .interval = DifferenceInterval(estimate, options)};
}

// `smallest_p_value`: of relabellings, for the tail of the test.
TTestResult TestWithoutSpread(const Estimate& estimate, Tail tail, double smallest_p_value) {
  const double difference = estimate.difference;
  TTestResult result = {.degrees_of_freedom = estimate.degrees_of_freedom,
                        .difference = difference,
                        .interval = {difference, difference},
                        .zero_variance = true};
  if (difference == 0) return result;
  result.statistic = std::copysign(kInfinity, difference);
  const bool against =
      (tail == Tail::kLess && difference > 0) || (tail == Tail::kGreater && difference < 0);
  if (!against) result.p_value = smallest_p_value;
  return result;
}

bool AllEqual(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(),
                     [&values](double value) { return value == values.front(); });
}

// How far apart pairs may be by rounding alone: each difference is off by half a unit in the last
// place of itself and of the two values, which were rounded before; together less than 2 epsilon of
// the greatest value.
double PairRounding(std::span<const double> base, std::span<const double> head) {
  double greatest = 0;
  for (const double value : base) greatest = std::max(greatest, std::abs(value));
  for (const double value : head) greatest = std::max(greatest, std::abs(value));
  return 2 * std::numeric_limits<double>::epsilon() * greatest;
}

Estimate WelchEstimate(std::span<const double> base, std::span<const double> head) {
  const auto n = static_cast<double>(base.size());
  const auto m = static_cast<double>(head.size());
  const double base_part = std::pow(StandardDeviation(base), 2) / n;
  const double head_part = std::pow(StandardDeviation(head), 2) / m;
  const double variance = base_part + head_part;
  return {
      .difference = Mean(head) - Mean(base),
      .standard_error = std::sqrt(variance),
      .degrees_of_freedom = variance * variance /
                            (base_part * base_part / (n - 1) + head_part * head_part / (m - 1))};
}

}  // namespace

absl::StatusOr<TTestResult> WelchTTest(std::span<const double> base, std::span<const double> head,
                                       const TTestOptions& options) {
  BENCH_RETURN_IF_ERROR(CheckSamples(base, head, 2));
  BENCH_RETURN_IF_ERROR(CheckProbability(options.level, "level"));
  if (!AllEqual(base) || !AllEqual(head)) return Test(WelchEstimate(base, head), options);
  const Estimate estimate = {
      .difference = head.front() - base.front(),
      .degrees_of_freedom = static_cast<double>(base.size() + head.size() - 2)};
  return TestWithoutSpread(estimate, options.tail,
                           SmallestUnpairedPValue(static_cast<int64_t>(base.size()),
                                                  static_cast<int64_t>(head.size()), options.tail));
}

absl::StatusOr<TTestResult> PairedTTest(std::span<const double> base, std::span<const double> head,
                                        const TTestOptions& options) {
  BENCH_RETURN_IF_ERROR(CheckPairs(base, head, 2));
  BENCH_RETURN_IF_ERROR(CheckProbability(options.level, "level"));
  std::vector<double> differences(base.size());
  std::transform(head.begin(), head.end(), base.begin(), differences.begin(),
                 [](double h, double b) { return h - b; });
  const auto n = static_cast<double>(base.size());
  Estimate estimate = {.difference = Mean(differences), .degrees_of_freedom = n - 1};
  const auto [low, high] = std::minmax_element(differences.begin(), differences.end());
  const double rounding = PairRounding(base, head);
  if (*high - *low <= rounding) {
    if (std::abs(estimate.difference) <= rounding) estimate.difference = 0;
    return TestWithoutSpread(estimate, options.tail,
                             SmallestPairedPValue(static_cast<int64_t>(base.size()), options.tail));
  }
  estimate.standard_error = StandardDeviation(differences) / std::sqrt(n);
  return Test(estimate, options);
}

}  // namespace bench::results
