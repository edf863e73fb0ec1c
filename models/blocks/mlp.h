// The feed-forward block of a layer.
//
//   SwiGLU: y = down(silu(gate x) * up x)     (kernels/swiglu.h)
//   GELU:   y = down(gelu(up x)), gelu(z) = z Phi(z), or its approximation by tanh (LibTorch's)
// Shapes: x_ND and y [N, D], inside [N, F]. Parameters: gate_proj (SwiGLU), up_proj, down_proj.
#pragma once

#include <ATen/ATen.h>

#include <optional>

#include "models/blocks/block_cost.h"
#include "models/blocks/linear.h"
#include "models/blocks/parameter_scope.h"
#include "models/config.h"

namespace bench::models {

class Mlp {
 public:
  Mlp(const DecoderConfig& config, const ParameterScope& scope);

  at::Tensor operator()(const at::Tensor& x_ND) const;
  BlockCost Cost(const CostSetting& setting) const;

 private:
  MlpConfig config_;
  double width_;
  std::optional<Linear> gate_;
  Linear up_, down_;
};

}  // namespace bench::models
