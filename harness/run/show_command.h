// --show RESULT and --runs [EXPERIMENT]: results for a person at a terminal, or as JSON (--json).
// One result is also an HTML page (--html).
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "harness/run/options.h"
#include "harness/run/show_report.h"

namespace bench::harness {

// Prints one result: a results file, or the folder of a run; --html=FILE writes it there instead.
// UsageError where there is none, EnvironmentError where the file cannot be written.
absl::StatusOr<int> ShowCommand(const Options& options);

// Prints a line for each run in the store, of one experiment if it is named. A run whose results
// cannot be read has a line that says why, and is no error.
absl::StatusOr<int> RunsCommand(const Options& options);

// The run in `folder`, with its results or why there are none to show.
ListedRun ReadListed(const std::string& name, const std::string& folder);

// How wide a table on stdout may be.
int ReportColumns();

}  // namespace bench::harness
