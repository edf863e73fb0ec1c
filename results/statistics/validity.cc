#include "results/statistics/validity.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench::results {

absl::Status CheckSample(std::span<const double> values, std::size_t min_size) {
  if (values.size() < min_size) {
    return UsageError(absl::StrCat("a sample of ", values.size(), " values where at least ",
                                   min_size, " are needed"));
  }
  const auto bad = std::find_if(values.begin(), values.end(),
                                [](double value) { return !std::isfinite(value); });
  if (bad == values.end()) return absl::OkStatus();
  return UsageError(absl::StrCat("value ", bad - values.begin(), " of a sample is not finite"));
}

absl::Status CheckSamples(std::span<const double> base, std::span<const double> head,
                          std::size_t min_size) {
  BENCH_RETURN_IF_ERROR(Annotate(CheckSample(base, min_size), "base"));
  return Annotate(CheckSample(head, min_size), "head");
}

absl::Status CheckPairs(std::span<const double> base, std::span<const double> head,
                        std::size_t min_size) {
  if (base.size() != head.size()) {
    return UsageError(
        absl::StrCat("samples of ", base.size(), " and ", head.size(), " values cannot be paired"));
  }
  return CheckSamples(base, head, min_size);
}

absl::Status CheckProbability(double value, std::string_view name) {
  if (value > 0 && value < 1) return absl::OkStatus();
  return UsageError(
      absl::StrCat(internal::View(name), " ", value, " is not strictly between 0 and 1"));
}

}  // namespace bench::results
