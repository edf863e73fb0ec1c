// The bytes of a file, plain, gzip or Zstandard (told apart by its first bytes), as a stream that a
// hostile file cannot blow up.
//
// gzip: every member of the file (RFC 1952); Zstandard: every frame (RFC 8878), windows up to 128
// MiB. Memory: two buffers of 64 KiB and the decoder's window. Errors name the file: DataError for
// a damaged or truncated stream, and once the output exceeds `max_bytes` or `max_ratio` times the
// input that was read (after the first MiB); EnvironmentError for what the system refuses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace bench::corpus {

struct ByteLimits {
  int64_t max_bytes = int64_t{1} << 40;  // of the uncompressed file
  int64_t max_ratio = 1100;              // deflate's own limit is 1,032
};

class ByteSource {
 public:
  static absl::StatusOr<std::unique_ptr<ByteSource>> Open(const std::string& path,
                                                          const ByteLimits& limits = {});
  virtual ~ByteSource() = default;
  // Up to `size` bytes; 0 at the end.
  virtual absl::StatusOr<size_t> Read(char* out, size_t size) = 0;
};

// Whether the first bytes of the file are those of gzip or Zstandard.
absl::StatusOr<bool> HoldsCompressedBytes(const std::string& path);

// The whole file. DataError when it is longer than `max_bytes`.
absl::StatusOr<std::string> ReadBytes(const std::string& path, int64_t max_bytes);

// The lines of a source, without their "\n", one at a time.
class LineReader {
 public:
  explicit LineReader(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  struct Line {
    std::string text;
    bool over_limit = false;  // the rest of the line was thrown away
  };
  // nullopt at the end.
  absl::StatusOr<std::optional<Line>> Next(size_t max_line_bytes);

 private:
  std::unique_ptr<ByteSource> source_;
  std::string buffer_;
  size_t position_ = 0;
};

}  // namespace bench::corpus
