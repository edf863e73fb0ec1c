// When a comparison that is still running looks at its results, and which errors it may make
// there.
//
// Looks are fixed before the first run, at 40%, 70% and all of the replicates that are planned; the
// errors are spent over them (results/statistics/alpha_spending.h), so that stopping early does not
// add to them. Fewer than kFewestForLooks replicates have one look, at the end. Where time ends a
// comparison there is a look that was not planned, with half of what was left; the planned ones
// then have half of what they had, so that all looks together spend no more than one comparison,
// however often it is continued.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "results/comparison/changes.h"

namespace bench::trials {

inline constexpr int64_t kFewestForLooks = 10;

struct PlannedLook {
  int64_t replicates = 0;  // an arm, even but for the last
  results::Significance errors;
  results::Significance errors_left;  // if it is the last one
};

// Plans the looks at `replicates` >= 1 an arm, which come in pairs.
absl::StatusOr<std::vector<PlannedLook>> PlanLooks(int64_t replicates,
                                                   const results::Significance& errors);

// What is left to spend after the planned looks at no more than so many replicates.
results::Significance ErrorsLeft(const std::vector<PlannedLook>& looks, int64_t replicates,
                                 const results::Significance& errors);

}  // namespace bench::trials
