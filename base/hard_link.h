// A second name for a file, so that a finished file is in two places at no cost.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace bench {

// `path` becomes another name of the file `from`, which stays. Where the file system cannot do that
// (another disk, a network that has no links) or `path` is there, it becomes a copy (base/file.h).
// For files that never change. Durable when its folder is synced. Errors: those of PublishCopy.
absl::Status PublishLink(const std::string& from, const std::string& path);

}  // namespace bench
