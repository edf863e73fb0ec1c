// What every statistic demands of its arguments, checked in one place. All errors are UsageErrors.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "absl/status/status.h"

namespace bench::results {

// At least `min_size` values, all finite.
absl::Status CheckSample(std::span<const double> values, std::size_t min_size);

// Both arms as CheckSample demands.
absl::Status CheckSamples(std::span<const double> base, std::span<const double> head,
                          std::size_t min_size);

// Samples of equal size: base[i] belongs to head[i].
absl::Status CheckPairs(std::span<const double> base, std::span<const double> head,
                        std::size_t min_size);

// A level, a significance or a power: strictly between 0 and 1. `name` is for the message.
absl::Status CheckProbability(double value, std::string_view name);

}  // namespace bench::results
