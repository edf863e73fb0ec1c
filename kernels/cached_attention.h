// Attention of one new query per sequence over its cached keys and values (decoding).
//
// For sequence b with cached rows [start[b], start[b] + length[b]):
//   o[b, h] = sum_j softmax_j(q[b, h] . k[j, g] / sqrt(d)) v[j, g],  g = h / (H / G).
// Shapes: q_BHd [B, H, d], k_CGd and v_CGd [C, G, d], result [B, H, d]. No gradients.
// fp32 on the CPU is fused; everything else runs the reference. Deterministic.
// Errors: TORCH_CHECK on shapes, dtypes and ranges.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

namespace bench::kernels {

struct CacheRange {
  int64_t start = 0;   // first cached row
  int64_t length = 0;  // rows, at least 1
};

struct CachedAttentionInputs {
  at::Tensor q_BHd, k_CGd, v_CGd;
};

at::Tensor CachedAttention(const CachedAttentionInputs& inputs,
                           const std::vector<CacheRange>& ranges_B);

// Plain ATen; the oracle of the tests and the fallback.
at::Tensor CachedAttentionReference(const CachedAttentionInputs& inputs,
                                    const std::vector<CacheRange>& ranges_B);

}  // namespace bench::kernels
