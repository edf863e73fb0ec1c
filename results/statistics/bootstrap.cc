#include "results/statistics/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/random.h"
#include "base/status.h"
#include "results/statistics/descriptive.h"
#include "results/statistics/distributions.h"
#include "results/statistics/validity.h"

namespace bench::results {
namespace {

absl::Status CheckOptions(const BootstrapOptions& options) {
  BENCH_RETURN_IF_ERROR(CheckProbability(options.level, "level"));
  if (options.num_resamples >= 1) return absl::OkStatus();
  return UsageError(absl::StrCat(options.num_resamples, " resamples; at least one is needed"));
}

// The statistic of one resample of `values`.
double Resampled(std::span<const double> values, const Statistic& statistic, Random* random,
                 std::vector<double>* resample) {
  resample->resize(values.size());
  for (double& value : *resample) value = values[random->Below(values.size())];
  return statistic(*resample);
}

// The jackknife's sums over one arm.
struct Influence {
  double squares = 0;
  double cubes = 0;
};

Influence JackknifeInfluence(std::span<const double> values, const Statistic& statistic) {
  std::vector<double> left_out;
  left_out.reserve(values.size());
  std::vector<double> rest(values.begin() + 1, values.end());
  for (std::size_t i = 0; i < values.size(); ++i) {
    left_out.push_back(statistic(rest));
    if (i + 1 < values.size()) rest[i] = values[i];
  }
  const double mean = Mean(left_out);
  const auto n = static_cast<double>(values.size());
  Influence influence;
  for (const double value : left_out) {
    const double u = (n - 1) * (mean - value) / n;
    influence.squares += u * u;
    influence.cubes += u * u * u;
  }
  return influence;
}

// The normal quantile of the share of resamples below the estimate; infinite where that is 0 or 1.
double BiasCorrection(std::span<const double> resampled, double estimate) {
  double below = 0;
  for (const double value : resampled) {
    if (value < estimate) ++below;
    if (value == estimate) below += 0.5;
  }
  return NormalQuantile(below / static_cast<double>(resampled.size()));
}

// The probabilities whose quantiles bound the BCa interval.
std::optional<Interval> BcaProbabilities(double bias, const Influence& influence, double level) {
  if (!std::isfinite(bias) || influence.squares <= 0) return std::nullopt;
  const double acceleration = influence.cubes / (6 * std::pow(influence.squares, 1.5));
  const auto adjusted = [bias, acceleration](double z) {
    return NormalUpperTail(-(bias + (bias + z) / (1 - acceleration * (bias + z))));
  };
  const double z = NormalQuantile((1 - level) / 2);
  return Interval{adjusted(z), adjusted(-z)};
}

absl::StatusOr<BootstrapEstimate> Estimate(double estimate, std::vector<double> resampled,
                                           const Influence& influence,
                                           const BootstrapOptions& options) {
  BENCH_RETURN_IF_ERROR(Annotate(CheckSample(resampled, 1), "the statistic of resamples"));
  Interval probabilities = {(1 - options.level) / 2, (1 + options.level) / 2};
  BootstrapEstimate result = {.estimate = estimate, .method = BootstrapMethod::kPercentile};
  if (options.method == BootstrapMethod::kBca) {
    const auto bca =
        BcaProbabilities(BiasCorrection(resampled, estimate), influence, options.level);
    if (bca) {
      probabilities = *bca;
      result.method = BootstrapMethod::kBca;
    }
  }
  result.interval = {Quantile(resampled, probabilities.low),
                     Quantile(resampled, probabilities.high)};
  return result;
}

}  // namespace

absl::StatusOr<BootstrapEstimate> Bootstrap(std::span<const double> values,
                                            const Statistic& statistic,
                                            const BootstrapOptions& options) {
  BENCH_RETURN_IF_ERROR(CheckSample(values, 2));
  BENCH_RETURN_IF_ERROR(CheckOptions(options));
  Random random(options.seed);
  std::vector<double> resample;
  std::vector<double> resampled(static_cast<std::size_t>(options.num_resamples));
  for (double& value : resampled) value = Resampled(values, statistic, &random, &resample);
  return Estimate(statistic(values), std::move(resampled), JackknifeInfluence(values, statistic),
                  options);
}

absl::StatusOr<BootstrapEstimate> BootstrapDifference(std::span<const double> base,
                                                      std::span<const double> head,
                                                      const Statistic& statistic,
                                                      const BootstrapOptions& options) {
  BENCH_RETURN_IF_ERROR(CheckSamples(base, head, 2));
  BENCH_RETURN_IF_ERROR(CheckOptions(options));
  Random random(options.seed);
  std::vector<double> resample;
  std::vector<double> resampled(static_cast<std::size_t>(options.num_resamples));
  for (double& value : resampled) {
    value = Resampled(head, statistic, &random, &resample);
    value -= Resampled(base, statistic, &random, &resample);
  }
  const Influence of_base = JackknifeInfluence(base, statistic);
  const Influence of_head = JackknifeInfluence(head, statistic);
  // The base's part enters the difference with a minus, which only the cubes keep.
  return Estimate(
      statistic(head) - statistic(base), std::move(resampled),
      {.squares = of_head.squares + of_base.squares, .cubes = of_head.cubes - of_base.cubes},
      options);
}

}  // namespace bench::results
