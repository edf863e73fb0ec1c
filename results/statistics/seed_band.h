// The mean of one value a replicate, and the interval in which the mean over all seeds lies.
//
//   below six replicates  mean -+ t((1 + level)/2, n - 1) s/sqrt(n), s the standard deviation: few
//                         values say too little about their distribution to be drawn from again
//   from six on           the BCa interval of a bootstrap of the mean over replicates (bootstrap.h)
//
// Of arms that are compared replicate by replicate it is given the differences. Deterministic in
// the seed. Errors: UsageError for fewer than two values, values that are not finite, a level
// outside (0, 1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "absl/status/statusor.h"
#include "results/statistics/interval.h"

namespace bench::results {

inline constexpr std::size_t kFewestSeedsToDrawFrom = 6;

enum class BandMethod { kStudent, kBootstrap };
std::string_view Name(BandMethod method);  // "t", "bootstrap"

struct SeedBand {
  double mean = 0;
  Interval interval;
  BandMethod method = BandMethod::kStudent;
};

absl::StatusOr<SeedBand> BandOfMean(std::span<const double> values, double level = 0.95,
                                    uint64_t seed = 0);

}  // namespace bench::results
