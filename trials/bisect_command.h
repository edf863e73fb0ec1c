// bench-compare --bisect GOOD BAD EXPERIMENT METRIC: which commit changed the metric.
#pragma once

#include "absl/status/statusor.h"
#include "trials/arguments.h"

namespace bench::trials {

// Prints the commits that probably did, as text or JSON, and returns the exit code: 0 where one
// commit has kBisectConfidence, 3 where the ends are not told apart or no single commit is. The
// commits are those of the first parents from BAD down to GOOD: a merge counts as one. UsageError
// where GOOD is none of these.
absl::StatusOr<int> BisectCommits(const CompareArguments& arguments);

}  // namespace bench::trials
