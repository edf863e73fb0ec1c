#include "harness/corpus/minhash_kernel.h"

#include "kernels/cpu_dispatch.h"

namespace bench::corpus {
namespace {

constexpr auto kPrime = static_cast<int64_t>(kMersenne61);
constexpr uint64_t kLow29 = (uint64_t{1} << 29) - 1;

// One block of permutations, whose state stays in registers, over all hashes. Values stay below
// 2^62, so signed comparisons, which more instruction sets have, are right.
// Parameters rather than a struct of pointers: __restrict holds for parameters.
// NOLINTBEGIN(readability-function-size)
BENCH_CPU_VARIANTS
void LowerBlock(const uint32_t* __restrict low, const uint32_t* __restrict high, size_t num_hashes,
                const uint32_t* __restrict a_low_in, const uint32_t* __restrict a_high_in,
                const uint64_t* __restrict b_in, uint64_t* __restrict minima) {
  uint32_t a_low[kPermutationLanes], a_high[kPermutationLanes];
  uint64_t b[kPermutationLanes];
  int64_t least[kPermutationLanes];
  for (size_t k = 0; k < kPermutationLanes; ++k) {
    a_low[k] = a_low_in[k];
    a_high[k] = a_high_in[k];
    b[k] = b_in[k];
    least[k] = static_cast<int64_t>(minima[k]);
  }
  for (size_t i = 0; i < num_hashes; ++i) {
    const uint32_t x_low = low[i], x_high = high[i];
#pragma omp simd
    for (size_t k = 0; k < kPermutationLanes; ++k) {
      const uint64_t ll = uint64_t{a_low[k]} * x_low;
      const uint64_t mid = uint64_t{a_low[k]} * x_high + uint64_t{a_high[k]} * x_low;
      const uint64_t hh = uint64_t{a_high[k]} * x_high;
      const uint64_t sum =
          (hh << 3) + (mid >> 29) + ((mid & kLow29) << 32) + (ll & kMersenne61) + (ll >> 61) + b[k];
      const auto folded = static_cast<int64_t>((sum & kMersenne61) + (sum >> 61));
      const int64_t over = folded - kPrime;
      const int64_t value = over < 0 ? folded : over;
      least[k] = least[k] < value ? least[k] : value;
    }
  }
  for (size_t k = 0; k < kPermutationLanes; ++k) minima[k] = static_cast<uint64_t>(least[k]);
}
// NOLINTEND(readability-function-size)

}  // namespace

void HashHalves::Assign(const std::vector<uint64_t>& hashes) {
  low.resize(hashes.size());
  high.resize(hashes.size());
  for (size_t i = 0; i < hashes.size(); ++i) {
    const uint64_t reduced = ReduceMersenne61(hashes[i]);
    low[i] = static_cast<uint32_t>(reduced);
    high[i] = static_cast<uint32_t>(reduced >> 32);
  }
}

void LowerMinima(const HashHalves& hashes, const Permutations& permutations,
                 std::vector<uint64_t>& minima) {
  for (size_t k = 0; k < minima.size(); k += kPermutationLanes) {
    LowerBlock(hashes.low.data(), hashes.high.data(), hashes.low.size(),
               permutations.a_low.data() + k, permutations.a_high.data() + k,
               permutations.b.data() + k, minima.data() + k);
  }
}

}  // namespace bench::corpus
