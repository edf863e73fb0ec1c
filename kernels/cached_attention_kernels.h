// The loop behind CachedAttention on raw memory: one query and key/value head at a time, no Torch.
// See cached_attention.h.
#pragma once

#include <cstdint>
#include <vector>

namespace bench::kernels {

struct CachedAttentionArgs {
  const float* q = nullptr;       // [head_dim]
  const float* keys = nullptr;    // `length` rows of head_dim, `kv_stride` apart
  const float* values = nullptr;  // likewise
  float* o = nullptr;             // [head_dim]
  int64_t head_dim = 0;
  int64_t kv_stride = 0;
  int64_t length = 0;
};

void CachedAttentionHead(const CachedAttentionArgs& args, std::vector<float>& scratch);

}  // namespace bench::kernels
