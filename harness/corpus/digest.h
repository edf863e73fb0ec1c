// 128-bit XXH3 digests: the identity of documents and of their texts in the corpus pipeline.
//
// Two different texts among N share a digest with probability about N^2 / 2^129: 10^-21 for 10^9
// documents. XXH3 is fast, seedless and stable between machines, but no protection against someone
// who constructs collisions; what a published dataset is pinned by stays SHA-256 (base/sha256.h).
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace bench::corpus {

struct Digest128 {
  uint64_t high = 0;
  uint64_t low = 0;
  friend auto operator<=>(const Digest128&, const Digest128&) = default;
};

Digest128 DigestOf(std::string_view bytes);
// 32 lower-case hexadecimal digits, in the canonical (big-endian) order of xxhsum.
std::string Hex(const Digest128& digest);

}  // namespace bench::corpus
