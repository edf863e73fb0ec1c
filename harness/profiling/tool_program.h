// The programs that profile: what they are called, and the package that has them where they are
// missing.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "harness/profiling/profile_request.h"

namespace bench::harness {

// The program's path on PATH. EnvironmentError, naming Debian's package, where there is none.
// kKineto is no program: UsageError.
absl::StatusOr<std::string> FindToolProgram(ProfileTool tool);

// Whether the tool starts the run (nsys, ncu); the others are started by it.
bool RunsAroundProcess(ProfileTool tool);

}  // namespace bench::harness
