// The chapters of the Bible as bible(1) stores it: a text cut into windows that are compressed one
// by one with LZW, as compress(1) does.
//
//   0   "EC02", a title
//   84  bytes of a window's text, number of windows (big-endian uint32)
//   92  number + 1 offsets (big-endian uint32): where the window's codes begin, and the end
//       the header of compress(1), once, then the codes of each window
//
// A line of the text is "Ge1:1 In the beginning ...": book, chapter, verse, text. A chapter is its
// verses, one a line, without their numbers.
// Errors: DataError saying what is wrong with the file, or that its text is over `max_bytes`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace bench::corpus {

absl::StatusOr<std::vector<std::string>> BibleChapters(std::string_view bytes, int64_t max_bytes);

}  // namespace bench::corpus
