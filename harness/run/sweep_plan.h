// What a sweep would run: --dry-run and --plan of an experiment of stage "sweep".
#pragma once

#include "absl/status/statusor.h"
#include "harness/definition/load.h"
#include "harness/run/options.h"

namespace bench::harness {

// Prints what the children's experiments need first, and of each arm how many of its children the
// store has and what the others cost, as far as it is known. Runs nothing.
absl::StatusOr<int> SweepDryRun(const LoadedDefinition& loaded, const Options& options);

// Prints the plan of each arm's experiment, with --json as an array of them. UsageError where the
// experiment trains no model.
absl::StatusOr<int> SweepPlanCommand(const LoadedDefinition& loaded, const Options& options);

}  // namespace bench::harness
