// The lines of a part of a file, so that several readers share one file of lines.
//
// A file of n bytes is cut at multiples of the part's size. A part has the lines whose first byte
// lies in it: the first of them begins behind the first "\n" at or after the byte before the part,
// and the last may end behind the part, however far. So every line is in exactly one part, with its
// "\r" and with or without a "\n" at the end of the file; a part in the midst of a long line has
// none. The bytes are those of the file (no decompression). Memory: one buffer of 64 KiB.
// Errors: EnvironmentError for what the system refuses.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/corpus/byte_source.h"

namespace bench::corpus {

struct ByteRange {
  int64_t begin = 0;
  int64_t end = 0;
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

// [0, num_bytes) in ranges of `part_bytes`, the last of them of what is left. None of 0 bytes.
std::vector<ByteRange> CutBytes(int64_t num_bytes, int64_t part_bytes);

// The bytes of the lines that begin in `range`, with their line feeds.
absl::StatusOr<std::unique_ptr<ByteSource>> OpenLineRange(const std::string& path, ByteRange range);

// As many as LineReader gives: line feeds, and one more for what follows the last of them.
absl::StatusOr<int64_t> CountLines(ByteSource& source);

}  // namespace bench::corpus
