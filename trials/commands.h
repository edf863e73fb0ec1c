// What bench-compare does: it compares results that there are, or arms that it runs for it.
#pragma once

#include "absl/status/statusor.h"
#include "trials/arguments.h"

namespace bench::trials {

// Each prints its report and returns the exit code: of several comparisons 1 outweighs 3, and 3
// outweighs 0; 128 + n where signal n ended it.
absl::StatusOr<int> CompareGroups(const CompareArguments& arguments);
absl::StatusOr<int> CompareArms(const CompareArguments& arguments);
absl::StatusOr<int> CompareCommits(const CompareArguments& arguments);
absl::StatusOr<int> CompareWithBaseline(const CompareArguments& arguments);
// Says what changed against the former baseline; 0 once the new one is kept.
absl::StatusOr<int> UpdateBaseline(const CompareArguments& arguments);

}  // namespace bench::trials
