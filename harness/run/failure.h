// A run that fails says so in its results: status failed, and why.
#pragma once

#include "absl/status/status.h"
#include "results/run_writer.h"

namespace bench::harness {

// Closes the run's attempt with the note kFailureNote, the error's message. What was recorded until
// then stays readable. Returns `error`: what goes wrong here, on a full disk perhaps, is the lesser
// of the two.
absl::Status FailRun(const absl::Status& error, results::RunWriter& writer);

}  // namespace bench::harness
