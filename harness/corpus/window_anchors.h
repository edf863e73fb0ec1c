// Where equal windows of bytes meet: the anchor of a window, a few bytes in it that its bytes alone
// decide.
//
// A window is `min_bytes` bytes that begin at a character. Its anchor is the first of those of its
// strings of k = max(min_bytes / 2, 1) bytes whose hash is the smallest (a minimizer). So windows
// with equal bytes have anchors with equal bytes, at the same distance from their begin, and
// windows that follow each other mostly share one: of random text 2 / (min_bytes - k + 2) of the
// bytes begin an anchor (2% at 200). Text that repeats itself every p bytes has one every p.
//
// The hash: c_0 B^(k-1) + ... + c_(k-1) mod 2^64, mixed. Strings of different bytes may share one:
// then more is looked at, and nothing is found that is not there. Time: O(bytes); memory: 16 bytes
// for at most min_bytes - k + 1 strings.
// Source: Roberts et al. 2004, "Reducing storage requirements for biological sequence comparison";
// Schleimer et al. 2003, "Winnowing".
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "absl/status/status.h"

namespace bench::corpus {

// Whether a character of UTF-8 goes on with this byte.
constexpr bool IsContinuation(char c) { return (static_cast<uint8_t>(c) & 0xC0) == 0x80; }

struct WindowAnchor {
  uint64_t hash = 0;  // of the anchor's bytes; spread evenly over all values
  // The windows that begin in [begin, end) have it; at least one of these is the first byte of a
  // character.
  uint64_t begin = 0;
  uint64_t end = 0;
  friend bool operator==(const WindowAnchor&, const WindowAnchor&) = default;
};

using AnchorVisitor = std::function<absl::Status(const WindowAnchor&)>;

// Calls `visit` for every anchor of the text, in order. Errors: the visitor's.
absl::Status VisitAnchors(std::string_view text, int64_t min_bytes, const AnchorVisitor& visit);

}  // namespace bench::corpus
