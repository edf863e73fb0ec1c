// Room for the files that a corpus has open at a time.
#pragma once

#include <cstdint>

#include "absl/status/status.h"

namespace bench::corpus {

// Raises the process' soft limit on open files (RLIMIT_NOFILE) to its hard one. EnvironmentError
// when that is below `needed`.
absl::Status AllowOpenFiles(int64_t needed);

}  // namespace bench::corpus
