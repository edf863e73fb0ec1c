// Self-attention of one layer: q, k and v of the input, positions, softmax within each sequence, o.
//
//   o = output(sum_j softmax_j(q_i . k_j / sqrt(d) + bias) v_j),  q = rotate(query x), k likewise.
// Shapes: x_ND and the result [N, D]; heads [N, H, d] and [N, G, d]. With a cache, keys and values
// are appended to it, and either all of its sequences were empty or each gets one token.
// Kernels: ragged_attention.h and cached_attention.h; where positions add a bias to scores, a
// prefix is visible to all rows or a window slides, composed_attention.h (AttentionKernelsOf says
// which).
// Parameters: q_proj, k_proj, v_proj, o_proj.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

#include "kernels/ragged_attention.h"
#include "models/blocks/block_cost.h"
#include "models/blocks/linear.h"
#include "models/blocks/parameter_scope.h"
#include "models/blocks/pass.h"
#include "models/config.h"

namespace bench::models {

class Attention {
 public:
  // `layer` is its place in the cache.
  Attention(const DecoderConfig& config, int64_t layer, const ParameterScope& scope);

  at::Tensor operator()(const at::Tensor& x_ND, const Pass& pass) const;
  BlockCost Cost(const CostSetting& setting) const;

 private:
  // [N, H, d]. `inputs` with all cached keys and values where `from_cache`.
  at::Tensor Attend(const kernels::AttentionInputs& inputs, const Pass& pass,
                    bool from_cache) const;

  int64_t layer_, num_heads_, num_kv_heads_, head_dim_, rotary_width_;
  bool is_composed_;
  int64_t window_;  // 0: none
  Linear q_, k_, v_, o_;
};

}  // namespace bench::models
