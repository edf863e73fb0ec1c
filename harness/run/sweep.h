// `--sweep KEY=V1,V2,...`: the runs of a grid of settings, one after the other, each a fresh
// process with a folder of its own.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/definition/sweep_points.h"
#include "harness/run/options.h"

namespace bench::harness {

// All combinations of the values, named as folders (harness/definition/sweep_points.h). A value
// that has commas stands in brackets or quotes, as in TOML. UsageError for a key without values, an
// empty value, and a key or value that is given twice.
absl::StatusOr<std::vector<SweepPoint>> SweepGrid(const std::vector<std::string>& sweeps);

// Checks every point's definition before it runs the first: UsageError where one is wrong. Prints
// a table of all at the end, then the paths of the results files, and returns the worst exit code.
// With --resume, points that are complete are left as they are. A point that fails does not keep
// the rest from running; a stop signal does.
absl::StatusOr<int> RunSweep(const Options& options);

}  // namespace bench::harness
