// Runs of this program as children, several at a time.
//
// A child begins when the threads of those that run leave room for its own, or nothing runs; in the
// order in which they are given, but that one that has to wait is passed by. Signals are passed on
// (signal_relay.h); after a stop signal no child begins. A child's exit code is 128 + n when signal
// n ended it. Errors: EnvironmentError where a child cannot be started or waited for; those that
// run are then killed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace bench::harness {

struct PoolChild {
  std::vector<std::string> arguments;
  std::string log;  // of its output and errors
  int64_t threads = 1;
};

struct PoolLimits {
  int64_t threads = 1;  // of all that run
  int64_t children = 1;
};

// kLater: asked again after a while. kNever: what it would do is done.
enum class Readiness { kNow, kLater, kNever };

struct PoolCalls {
  std::function<Readiness(size_t child)> ready;  // before it would begin
  std::function<void(size_t child)> began;       // right before it does
  // kLater: it is put back behind those that wait, and begins again; else it is done with.
  std::function<Readiness(size_t child, int exit_code)> ended;
};

absl::Status RunPool(const std::vector<PoolChild>& children, const PoolLimits& limits,
                     const PoolCalls& calls);

}  // namespace bench::harness
