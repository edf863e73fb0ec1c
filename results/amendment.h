// Adds what became known after a run's process had ended, such as the report of a profiler that it
// ran under, to the results of that run: its journal and its results file.
#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "results/record.h"

namespace bench::results {

// The tables (rows without a step) join the run's last attempt, which keeps its status. The
// journal comes first; of a process killed in between, RecoverResults makes the rest good. The
// caller holds the folder's lock. Errors: DataError for a damaged journal, UsageError for a table
// that the run has already (that of an earlier attempt is replaced) or whose rows contradict its
// columns, EnvironmentError for I/O; then nothing was added.
absl::Status AddTables(const std::string& folder, const std::map<std::string, Table>& tables);

}  // namespace bench::results
