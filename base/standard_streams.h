// Standard input, output and error that are there.
//
// A program that is started with one of the descriptors 0, 1 and 2 closed gives that number to the
// next file it opens, and what is printed then goes into that file. Call this first in main, before
// anything is opened: child processes inherit what it opens.
#pragma once

#include "absl/status/status.h"

namespace bench {

// Opens /dev/null under each of the descriptors 0, 1 and 2 that is closed. EnvironmentError where
// that is not possible: nothing may be opened then.
absl::Status OpenStandardStreams();

}  // namespace bench
