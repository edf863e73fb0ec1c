// bench-compare --history: the results of an experiment over commits.
#pragma once

#include "absl/status/statusor.h"
#include "trials/arguments.h"

namespace bench::trials {

// Prints the report, and returns 0 whatever changed. A results file that cannot be read is named on
// stderr and left out. IncomparableError where there are no results of the experiment.
absl::StatusOr<int> ShowHistory(const CompareArguments& arguments);

}  // namespace bench::trials
