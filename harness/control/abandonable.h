// Work that cannot be interrupted from within, such as a library's training call.
//
// It runs on a thread of its own; when a stop is requested, the caller goes on with StoppedError
// and the thread is left alone. So the work must own everything it uses, must not write to files or
// to anything shared, and the process must then end without running destructors of static objects
// under it (main does, after a stop signal). Errors: those of the work; its exceptions are
// thrown here.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"

namespace bench::harness {

absl::StatusOr<std::string> RunAbandonable(std::function<absl::StatusOr<std::string>()> work);

}  // namespace bench::harness
