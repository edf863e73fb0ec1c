// `--repeat N`: N replicates of one experiment, each a fresh process with its own folder.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/run/options.h"

namespace bench::harness {

struct ReplicatesReport {
  int exit_code = 0;                       // the worst
  std::vector<std::string> results_paths;  // those that were written
};

// Runs them one after the other; one that fails does not keep the rest from running, a stop signal
// does.
absl::StatusOr<ReplicatesReport> RunReplicates(const Options& options);

// The arguments for the same run in a child, but for folder, replicate and number of ranks.
std::vector<std::string> RunArguments(const Options& options);

// The worse of two exit codes: a signal, then 5, 4, 2, 1, 3, 0.
int WorseExitCode(int a, int b);

}  // namespace bench::harness
