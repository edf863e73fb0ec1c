// A run within a profiler that has to start it: nsys, ncu.
//
//   bench-run --profile nsys E  ->  nsys profile ... bench-run --profile nsys E --out DIR
// The run inside marks what is to be captured and its results; when the program has ended, its
// report is read into the results (results/amendment.h).
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/run/options.h"

namespace bench::harness {

// Before anything is started: the steps that are asked for exist, the program is installed, and ncu
// has a GPU to look at.
absl::Status CheckProfile(const Options& options);

// Whether a program must start the run of `options`, and this process is not that run. To be asked
// once: what the program's run finds in its environment is removed from it.
bool TakeMustBeStartedByProfiler(const Options& options);

// The exit code of the run. EnvironmentError where it is 0 and there is no report of the run, whose
// results are there. What an earlier attempt's profiler left in the folder is removed.
absl::StatusOr<int> RunUnderProfiler(const Options& options);

}  // namespace bench::harness
