#include "harness/corpus/digest.h"

#include <xxhash.h>

#include "absl/strings/str_cat.h"

namespace bench::corpus {

Digest128 DigestOf(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

std::string Hex(const Digest128& digest) {
  return absl::StrCat(absl::Hex(digest.high, absl::kZeroPad16),
                      absl::Hex(digest.low, absl::kZeroPad16));
}

}  // namespace bench::corpus
