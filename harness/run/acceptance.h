// A definition's acceptance bounds against the summary of a run: what its results file holds.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/definition/load.h"
#include "harness/definition/training_spec.h"
#include "results/record.h"
#include "results/run_writer.h"

namespace bench::harness {

// A line each.
struct Acceptance {
  std::vector<std::string> unmet;  // or not measured; none: accepted
  std::vector<std::string>
      not_judged;  // times of a run that was resumed or profiled, which measure nothing
};

Acceptance JudgeBounds(const std::vector<AcceptanceBound>& bounds,
                       const results::RunRecord& record);

// Of the run in `folder`, on what its results will hold, whoever recorded it. An ad hoc run has no
// bounds. Errors: those of the journal.
absl::StatusOr<Acceptance> JudgeRun(const LoadedDefinition& loaded, const std::string& folder,
                                    results::RunWriter& writer);

// Judges a run that was recorded before.
Acceptance JudgeRecord(const LoadedDefinition& loaded, const results::RunRecord& record);

// Of a run that ended with `status` and does not meet these bounds; of one that a stop signal
// ended, 128 + the signal.
int ExitCodeOf(results::RunStatus status, const std::vector<std::string>& unmet);

}  // namespace bench::harness
