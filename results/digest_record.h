// A file and, beside it, the SHA-256 of its bytes: `<path>.sha256`, in the format of sha256sum.
//
// Publishing a new version over an old one goes through a side record that lists both digests, so
// that a process killed at any point leaves a pair that agrees. A file without a side record is
// accepted unchecked.
// Errors: DataError if no digest of the record is the file's, EnvironmentError for I/O.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace bench::results {

std::string DigestRecordPath(const std::string& path);

absl::Status PublishWithDigest(const std::string& path, std::string_view bytes);

// Checks `bytes`, which were read from `path`, against its side record.
absl::Status CheckDigest(const std::string& path, std::string_view bytes);

}  // namespace bench::results
