// Steps that are equally far apart on a logarithmic scale, for curves of what happens early.
//
// With `per_doubling` = K, each doubling of the steps [2^d, 2^(d+1)) has evaluations at
//   2^d + floor(i 2^d / K), i = 0, ..., K - 1
// which are equally far apart within it: whole numbers alone, so that they are the same on every
// machine. Doublings of fewer than K steps have them all.
#pragma once

#include <cstdint>

namespace bench::harness {

// `step` >= 1. False for per_doubling = 0.
bool IsLogSpaced(int64_t step, int64_t per_doubling);

}  // namespace bench::harness
