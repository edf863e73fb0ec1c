// One layer: norms, attention and MLP in their residual form (h the residual stream).
//
//   sequential  h += attention(norm(h)); h += mlp(norm'(h))
//   parallel    h + attention(norm(h)) + mlp(norm'(h)), norm' = norm where there is only one
//   norm        n = norm(h), h = a n + attention(n); n = norm'(h), h = a n + mlp(n)
// Parameters: input_layernorm, self_attn, post_attention_layernorm (but with one norm), mlp.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <optional>

#include "models/blocks/attention.h"
#include "models/blocks/block_cost.h"
#include "models/blocks/mlp.h"
#include "models/blocks/norm.h"
#include "models/blocks/parameter_scope.h"
#include "models/blocks/pass.h"
#include "models/config.h"

namespace bench::models {

class Layer {
 public:
  Layer(const DecoderConfig& config, int64_t index, const ParameterScope& scope);

  at::Tensor operator()(const at::Tensor& h_ND, const Pass& pass) const;
  BlockCost Cost(const CostSetting& setting) const;

 private:
  struct Forward;

  std::string name_;  // "layer.3"
  ResidualConfig residual_;
  double width_;
  Norm attention_norm_;
  Attention attention_;
  std::optional<Norm> mlp_norm_;
  Mlp mlp_;
};

}  // namespace bench::models
