#include "results/statistics/seed_band.h"

#include <cmath>

#include "base/status.h"
#include "results/statistics/bootstrap.h"
#include "results/statistics/descriptive.h"
#include "results/statistics/distributions.h"
#include "results/statistics/validity.h"

namespace bench::results {
namespace {

Interval StudentInterval(std::span<const double> values, double level) {
  const auto n = static_cast<double>(values.size());
  const double mean = Mean(values);
  const double reach =
      StudentQuantile((1 + level) / 2, n - 1) * StandardDeviation(values) / std::sqrt(n);
  return {mean - reach, mean + reach};
}

}  // namespace

std::string_view Name(BandMethod method) {
  return method == BandMethod::kStudent ? "t" : "bootstrap";
}

absl::StatusOr<SeedBand> BandOfMean(std::span<const double> values, double level, uint64_t seed) {
  BENCH_RETURN_IF_ERROR(CheckSample(values, 2));
  BENCH_RETURN_IF_ERROR(CheckProbability(level, "level"));
  if (values.size() < kFewestSeedsToDrawFrom) {
    return SeedBand{Mean(values), StudentInterval(values, level), BandMethod::kStudent};
  }
  BENCH_ASSIGN_OR_RETURN(const BootstrapEstimate drawn,
                         Bootstrap(values, Mean, {.level = level, .seed = seed}));
  return SeedBand{drawn.estimate, drawn.interval, BandMethod::kBootstrap};
}

}  // namespace bench::results
