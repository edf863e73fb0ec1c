// What stands at a path, looked at before it is opened: a named pipe, a socket or a device may keep
// its reader waiting for ever, and what it gives can be read only once.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace bench {

// OK for a regular file or a folder, also behind links, and for what cannot be looked at, which
// opening it tells. Otherwise a UsageError that says what stands there and what to do.
absl::Status CheckFileOrFolder(const std::string& path);

}  // namespace bench
