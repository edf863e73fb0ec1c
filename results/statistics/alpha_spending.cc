#include "results/statistics/alpha_spending.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/statistics/distributions.h"
#include "results/statistics/validity.h"

namespace bench::results {

absl::StatusOr<std::vector<Look>> SpendAlpha(std::span<const double> information_fractions,
                                             double alpha) {
  BENCH_RETURN_IF_ERROR(CheckProbability(alpha, "alpha"));
  if (information_fractions.empty()) return UsageError("no looks to spend alpha over");
  const double z = -NormalQuantile(alpha / 2);
  std::vector<Look> looks;
  Look before;
  for (const double fraction : information_fractions) {
    if (!(fraction > before.information_fraction && fraction <= 1)) {
      return UsageError(absl::StrCat("information fraction ", fraction, " after ",
                                     before.information_fraction,
                                     ": fractions increase within (0, 1]"));
    }
    // Exact at the end, where the quantile and its inverse would leave a rounding.
    const double spent = fraction == 1 ? alpha : 2 * NormalUpperTail(z / std::sqrt(fraction));
    before = {fraction, spent, spent - before.cumulative_alpha};
    looks.push_back(before);
  }
  return looks;
}

}  // namespace bench::results
