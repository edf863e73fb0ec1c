// Files that are compressed or packed, known by their first bytes, for readers that take plain
// ones.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace bench::harness {

struct Compression {
  std::string_view name;       // "gzip"
  std::string_view undone_by;  // "gzip -dk", before a file's name
};

// At most `count` of them. EnvironmentError for a file that cannot be read.
absl::StatusOr<std::string> FirstBytes(const std::string& path, size_t count);

// nullopt for a plain file; EnvironmentError for one that cannot be read.
absl::StatusOr<std::optional<Compression>> CompressionOf(const std::string& path);

// DataError for a compressed file, with the way to unpack it.
absl::Status CheckNotCompressed(const std::string& path);

}  // namespace bench::harness
