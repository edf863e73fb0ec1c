// Which steps of an experiment a profiler looks at.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "harness/definition/definition.h"
#include "harness/profiling/profile_request.h"

namespace bench::harness {

// What was asked for, else the default steps or those of them that the experiment has. Absent for a
// stage that trains no steps, which is profiled as a whole. UsageError where steps were asked for
// that there are not.
absl::StatusOr<std::optional<ProfiledSteps>> StepsToProfile(
    const Definition& definition, const std::optional<ProfiledSteps>& asked);

}  // namespace bench::harness
