// Digests of what lies outside the store: a file's SHA-256, or for a folder the SHA-256 over the
// lines "<name> <digest>\n" of the files in it. EnvironmentError where it cannot be read.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace bench::harness {

absl::StatusOr<std::string> ContentSha256(const std::string& path);

}  // namespace bench::harness
