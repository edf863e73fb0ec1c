// The one place that knows all profilers: to add one, its enumerator in profile_request.h, its row
// in tool_program.cc, its file here.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "harness/context/device.h"
#include "harness/measurement/ranges.h"
#include "harness/profiling/profile_request.h"
#include "harness/profiling/profiler.h"

namespace bench::harness {

struct ProfilePlace {
  RangeTable& ranges;  // of the run; must outlive the profiler
  std::string folder;  // of the run: where the profile goes
  DeviceKind device = DeviceKind::kCpu;
};

// The part of the tool that is within the run. EnvironmentError where its program is missing.
absl::StatusOr<std::unique_ptr<Profiler>> MakeProfiler(ProfileTool tool, const ProfilePlace& place);

// The file in the run's folder that the tool leaves for people.
std::string ProfileFile(ProfileTool tool);

}  // namespace bench::harness
