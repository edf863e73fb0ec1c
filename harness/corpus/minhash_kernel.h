// The inner loop of MinHash: minima of many random permutations over a set of hashes.
//
// minima[k] = min over x of (a_k x + b_k) mod p, p = 2^61 - 1 (a Mersenne prime), exact: the
// product of two numbers below p is taken from four products of 32-bit halves, as
//   a x = hh 2^64 + mid 2^32 + ll  =  8 hh + (mid >> 29) + (mid mod 2^29) 2^32
//                                     + (ll >> 61) + (ll mod 2^61)             (mod p),
// which vectorises (4 or 8 lanes), where the 128-bit product of one multiplier does not. Bits, not
// floating point: the same on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench::corpus {

inline constexpr uint64_t kMersenne61 = (uint64_t{1} << 61) - 1;
inline constexpr size_t kPermutationLanes = 16;

// x mod p, in [0, p).
inline uint64_t ReduceMersenne61(uint64_t x) {
  const uint64_t folded = (x & kMersenne61) + (x >> 61);
  return folded >= kMersenne61 ? folded - kMersenne61 : folded;
}

// Coefficients in halves, padded to a multiple of kPermutationLanes.
struct Permutations {
  std::vector<uint32_t> a_low, a_high;
  std::vector<uint64_t> b;
};

// Hashes below p, in halves.
struct HashHalves {
  std::vector<uint32_t> low, high;
  void Assign(const std::vector<uint64_t>& hashes);  // of any 64-bit hashes, reduced
};

// `minima` has the padded size; each element is at most p before, and is only lowered.
void LowerMinima(const HashHalves& hashes, const Permutations& permutations,
                 std::vector<uint64_t>& minima);

}  // namespace bench::corpus
