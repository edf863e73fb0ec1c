// A folder's lock that is waited for: another run makes the same thing there.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "base/file.h"
#include "harness/control/progress.h"

namespace bench::harness {

// Makes the folder. `what` is said once where one has to wait. StoppedError on a stop signal.
absl::StatusOr<FolderLock> WaitForLock(const std::string& folder, const std::string& what,
                                       Progress& progress);

}  // namespace bench::harness
