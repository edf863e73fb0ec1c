// How much of the error alpha each look at growing data may spend, when looks are fixed in advance.
//
// Spent up to information fraction t (replicates so far / replicates at the last look), by the
// spending function of Lan and DeMets that behaves as O'Brien and Fleming's boundary:
//   alpha(t) = 2 - 2 Phi(z / sqrt(t)), z the normal quantile of 1 - alpha/2;  alpha(1) = alpha
// Look k tests at the nominal level alpha(t_k) - alpha(t_{k-1}). By the union bound the chance that
// any look rejects a true null hypothesis is at most the sum, alpha(t_last) <= alpha, whatever the
// dependence between looks and whatever valid test is used. That is conservative: looks at growing
// data agree mostly, and boundaries computed from their joint distribution would be wider.
//
// Errors: UsageError for no looks, fractions that do not increase strictly within (0, 1], alpha
// outside (0, 1). Source: Lan and DeMets 1983; O'Brien and Fleming 1979.
#pragma once

#include <span>
#include <vector>

#include "absl/status/statusor.h"

namespace bench::results {

struct Look {
  double information_fraction = 0;
  double cumulative_alpha = 0;  // spent up to and with this look
  double nominal_alpha = 0;     // the level of this look's test
};

absl::StatusOr<std::vector<Look>> SpendAlpha(std::span<const double> information_fractions,
                                             double alpha);

}  // namespace bench::results
