// A stop signal that has come, for as long as this lives.
#pragma once

#include <csignal>

#include "harness/control/signals.h"

namespace bench::harness {

class StopRequest {
 public:
  StopRequest() { SetStopSignalForTest(SIGTERM); }
  ~StopRequest() { SetStopSignalForTest(std::nullopt); }
  StopRequest(const StopRequest&) = delete;
  StopRequest& operator=(const StopRequest&) = delete;
};

}  // namespace bench::harness
