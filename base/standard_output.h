// Whether what was printed has arrived.
//
// stdout is buffered, and a full disk or a closed descriptor shows only when the buffer is written:
// a program asks at its end, or its exit code says 0 for output that nobody has.
#pragma once

#include "absl/status/status.h"

namespace bench {

// Writes what is buffered. EnvironmentError where that, or any write to stdout so far, failed.
absl::Status FlushStandardOutput();

}  // namespace bench
