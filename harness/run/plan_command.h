// bench-run EXPERIMENT --plan: what a device needs for an experiment's models (harness/plan), on
// stdout; with --model for a published model (models/families) in place of the experiment's, and
// without an experiment for pre-training it in `mixed` on one row of 2,048 tokens a device. Trains,
// makes and fetches nothing. Of stage corpus: corpus_plan_command.h. Errors: UsageError for a stage
// that trains no model and for a geometry that is none; those of reading definitions and
// tokenizers.
#pragma once

#include "absl/status/statusor.h"
#include "harness/run/options.h"

namespace bench::harness {

absl::StatusOr<int> PlanCommand(const Options& options);

}  // namespace bench::harness
