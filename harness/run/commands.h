// What bench-run does, by command. Each returns the process's exit code.
#pragma once

#include "absl/status/statusor.h"
#include "harness/run/options.h"

namespace bench::harness {

// `argv` is the whole command line, for provenance.
absl::StatusOr<int> RunCommand(const Options& options, const std::vector<std::string>& argv);

}  // namespace bench::harness
