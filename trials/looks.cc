#include "trials/looks.h"

#include "base/status.h"
#include "results/statistics/alpha_spending.h"

namespace bench::trials {
namespace {

using results::Significance;

// Members of a Significance, which are spent each by itself.
constexpr double Significance::*kErrors[] = {&Significance::bound, &Significance::ranks,
                                             &Significance::paired, &Significance::curves};

std::vector<int64_t> Sizes(int64_t replicates) {
  if (replicates < kFewestForLooks) return {replicates};
  const auto even = [](int64_t size) { return size - size % 2; };
  return {even(replicates * 4 / 10), even(replicates * 7 / 10), replicates};
}

}  // namespace

absl::StatusOr<std::vector<PlannedLook>> PlanLooks(int64_t replicates, const Significance& errors) {
  std::vector<double> fractions;
  std::vector<PlannedLook> looks;
  for (const int64_t size : Sizes(replicates)) {
    fractions.push_back(static_cast<double>(size) / static_cast<double>(replicates));
    looks.push_back({size, errors, errors});
  }
  for (const auto error : kErrors) {
    BENCH_ASSIGN_OR_RETURN(const std::vector<results::Look> spent,
                           results::SpendAlpha(fractions, errors.*error));
    double before = 0;
    for (size_t k = 0; k < looks.size(); ++k) {
      looks[k].errors.*error = spent[k].nominal_alpha;
      looks[k].errors_left.*error = errors.*error - before;
      before = spent[k].cumulative_alpha;
    }
  }
  return looks;
}

Significance ErrorsLeft(const std::vector<PlannedLook>& looks, int64_t replicates,
                        const Significance& errors) {
  for (const PlannedLook& look : looks) {
    if (look.replicates > replicates) return look.errors_left;
  }
  return looks.empty() ? errors : looks.back().errors_left;
}

}  // namespace bench::trials
