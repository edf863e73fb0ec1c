// One pass over memory, on raw pointers, no Torch: compiled for several instruction sets
// (cpu_dispatch.h), so that reading is bound by memory and not by the loop.
#pragma once

#include <cstdint>

namespace bench::kernels {

// The sum of `count` words modulo 2^64: nothing but reading. `count` is a multiple of kPassLanes.
inline constexpr int64_t kPassLanes = 64;
uint64_t SumWords(const uint64_t* words, int64_t count);

}  // namespace bench::kernels
