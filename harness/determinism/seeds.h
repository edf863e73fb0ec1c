// Every generator's seed: H(base_seed, purpose, replicate), H the first eight bytes (little endian)
// of SHA-256 over "bench-seed\n<base_seed>\n<purpose>\n<replicate>\n". Streams of different
// purposes or replicates are unrelated, and adding a purpose does not move the others.
#pragma once

#include <cstdint>
#include <string_view>

namespace bench::harness {

enum class SeedPurpose { kWeights, kDataOrder, kSampling, kRows };

std::string_view Name(SeedPurpose purpose);

struct SeedSource {
  int64_t base_seed = 0;
  int64_t replicate = 0;

  uint64_t For(SeedPurpose purpose) const;
  // A stream of its own within a purpose: one a task and epoch, or one a sequence.
  uint64_t For(SeedPurpose purpose, std::string_view stream) const;
};

}  // namespace bench::harness
