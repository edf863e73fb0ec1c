// The loop behind Rope on raw memory: contiguous rows, no Torch. See rope.h.
#pragma once

#include <cstdint>

namespace bench::kernels {

struct RopeArgs {
  const float* x = nullptr;  // [rows, num_heads, head_dim]
  const int64_t* positions = nullptr;
  const float* cos = nullptr;  // [positions, half]
  const float* sin = nullptr;
  float* y = nullptr;
  int64_t num_heads = 0;
  int64_t head_dim = 0;
  int64_t half = 0;     // of the columns that are rotated
  float direction = 1;  // -1 rotates back (the gradient)
};

// Rows [begin, end).
void RopeRows(const RopeArgs& args, int64_t begin, int64_t end);

}  // namespace bench::kernels
