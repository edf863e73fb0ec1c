// Digests of what lies outside the store: a file's SHA-256, or for a folder the SHA-256 over the
// lines "<name> <digest>\n" of the files in it. EnvironmentError where it cannot be read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/store/store.h"

namespace bench::harness {

absl::StatusOr<std::string> ContentSha256(const std::string& path);

// The same with the files of the folders below it, by their paths in it; links are left out, as
// RegularFiles (harness/data/source_content.h) does. A stop signal ends it with a StoppedError.
absl::StatusOr<std::string> TreeSha256(const std::string& path);

// Those of the paths that are given, by role.
struct UserContent {
  std::string role;
  std::optional<std::string> path;
};
absl::StatusOr<InputDigests> ContentDigestsOf(const std::vector<UserContent>& contents);

}  // namespace bench::harness
