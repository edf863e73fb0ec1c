// bench-run EXPERIMENT --plan: what a device needs for an experiment's models (harness/plan), on
// stdout. Trains, makes and fetches nothing. Errors: UsageError for a stage that trains no model
// and for a geometry that is none; those of reading definitions and tokenizers.
#pragma once

#include "absl/status/statusor.h"
#include "harness/run/options.h"

namespace bench::harness {

absl::StatusOr<int> PlanCommand(const Options& options);

}  // namespace bench::harness
