// A profiler as a run sees it, whatever the tool: it is attached, looks from Start to Stop, and
// says what it found.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/profiling/profile_rows.h"

namespace bench::harness {

class Profiler {
 public:
  virtual ~Profiler() = default;

  // Once, in the thread that drives the run. EnvironmentError where the tool does not work here.
  virtual absl::Status Start() = 0;
  // Once after Start, in the same thread: leaves the profile in the run's folder, and returns what
  // of it belongs into the results; nothing of a tool whose report is read when it has ended.
  virtual absl::StatusOr<ProfileTables> Stop() = 0;
};

}  // namespace bench::harness
