// bench-run EXPERIMENT --plan for stage corpus: what the corpus will take on N ranks
// (harness/plan/corpus_forecast.h), on stdout. Errors: UsageError where the definition and the
// options do not say how much is read, or an option is for models; those of reading the rates.
#pragma once

#include "absl/status/statusor.h"
#include "harness/definition/load.h"
#include "harness/run/options.h"

namespace bench::harness {

absl::StatusOr<int> CorpusPlanCommand(const LoadedDefinition& loaded, const Options& options);

}  // namespace bench::harness
