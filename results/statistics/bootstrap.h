// Bootstrap intervals of any statistic of a sample, and of its difference between two arms.
//
//   percentile  quantiles (1 -+ level)/2 of the statistic over resamples (type 7)
//   BCa         quantiles Phi(z0 + (z0 + z)/(1 - a (z0 + z))) instead: z0 the normal quantile of
//   the
//               share of resamples below the estimate (ties half), a the acceleration by the
//               jackknife, sum U^3/n^3 / (6 (sum U^2/n^2)^1.5) with U = (n - 1)(mean of the
//               leave-one-out values - each of them), both sums over the values of both arms
//
// BCa is undefined where all resamples lie on one side of the estimate or no value has influence;
// the percentile interval stands in, and `method` says so. Resamples are drawn independently in
// each arm. Deterministic in the seed. Bootstrap intervals of fewer than about 10 values are too
// narrow. Errors: UsageError for an arm of fewer than two values, values that are not finite, a
// statistic that is not finite on a resample, a level outside (0, 1), num_resamples < 1. Source:
// Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 14.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "absl/status/statusor.h"
#include "results/statistics/interval.h"

namespace bench::results {

using Statistic = std::function<double(std::span<const double>)>;

enum class BootstrapMethod { kPercentile, kBca };

struct BootstrapOptions {
  BootstrapMethod method = BootstrapMethod::kBca;
  double level = 0.95;
  int64_t num_resamples = 9999;
  uint64_t seed = 0;
};

struct BootstrapEstimate {
  double estimate = 0;  // of the arms as they are
  Interval interval;
  BootstrapMethod method = BootstrapMethod::kBca;  // that made the interval
};

absl::StatusOr<BootstrapEstimate> Bootstrap(std::span<const double> values,
                                            const Statistic& statistic,
                                            const BootstrapOptions& options = {});

// statistic(head) - statistic(base).
absl::StatusOr<BootstrapEstimate> BootstrapDifference(std::span<const double> base,
                                                      std::span<const double> head,
                                                      const Statistic& statistic,
                                                      const BootstrapOptions& options = {});

}  // namespace bench::results
