// The false discovery rate over the metrics of a suite (Benjamini and Hochberg's step-up
// procedure).
//
// adjusted_(i) = min over j >= i of min(1, p_(j) * m / j), p_(1) <= ... <= p_(m). Calling those at
// most q discoveries keeps the expected share of false ones at or below q for p-values that are
// independent or positively dependent (Benjamini and Yekutieli 2001). Where nothing differs, the
// chance of any discovery at all is at most q.
// Errors: UsageError for a p-value outside [0, 1], NaN included. No p-values are no error.
// Source: Benjamini and Hochberg 1995.
#pragma once

#include <span>
#include <vector>

#include "absl/status/statusor.h"

namespace bench::results {

// The adjusted p-values, in the order of `p_values`.
absl::StatusOr<std::vector<double>> AdjustForFalseDiscovery(std::span<const double> p_values);

}  // namespace bench::results
