// Errors that have been reported already, by another process of the same work: main() prints
// nothing for them, the exit code stays.
#pragma once

#include "absl/status/status.h"

namespace bench {

// `error` with the mark, which it keeps when it is returned, but not through Annotate.
absl::Status Reported(absl::Status error);
bool IsReported(const absl::Status& status);

}  // namespace bench
