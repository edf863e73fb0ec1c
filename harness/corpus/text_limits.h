// How large a document may be, and the memory that the largest one takes while it is prepared.
//
// A file, or a record of one, may have max_document_bytes = M; its text at most T = min(M,
// kMaxTextBytes), and of words and lines together S = min(T, kMaxTextSpans): a line of "#$#$" has a
// word a byte. What is beyond M or T is invalid; what is beyond S a filter removes. In memory are
//   3 M   the line, the JSON parser's copy of it and its value; or a file and what becomes of it
//   9 T   the text in its forms: NFC makes three bytes of one at most, held while it grows and
//   trims
//  76 S   a word (24) and its two hashes and length (20), and two slots of 16 for its n-gram;
// 112 S   where a filter has the preset datatrove: beside these a token (16), its view (16) and
// offset
//         (4); UTF-16 with offsets and the joined words (7 T) then stand where NFC's forms stood
// Not counted: the parse tree of HTML, and string objects of records shorter than themselves.
#pragma once

#include <algorithm>
#include <cstdint>

namespace bench::corpus {

inline constexpr int64_t kMaxTextBytes = int64_t{8} << 20;
inline constexpr int64_t kMaxTextSpans = int64_t{1} << 20;  // a power of two: hash_counter.h

inline constexpr int64_t kBytesPerSpan = 76;
inline constexpr int64_t kDatatroveBytesPerSpan = 112;

constexpr int64_t PreparationBytes(int64_t max_document_bytes,
                                   int64_t bytes_per_span = kBytesPerSpan) {
  const int64_t text = std::min(max_document_bytes, kMaxTextBytes);
  return 3 * max_document_bytes + 9 * text + bytes_per_span * std::min(text, kMaxTextSpans);
}

}  // namespace bench::corpus
