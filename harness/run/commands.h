// What bench-run does, by command. Each returns the process's exit code.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/measurement/built_source.h"
#include "harness/run/options.h"

namespace bench::harness {

// What a run records of the program that it is: the whole command line, and what it was built from.
struct Invocation {
  std::vector<std::string> argv;
  BuiltSource source;
};

absl::StatusOr<int> RunCommand(const Options& options, const Invocation& invocation);

}  // namespace bench::harness
