// A norm over the last dimension: RMSNorm (kernels/rms_norm.h) or LayerNorm (LibTorch's).
//
//   RMS:   y = x / sqrt(mean(x^2) + eps) * w
//   Layer: y = (x - mean(x)) / sqrt(var(x) + eps) * w + b      (Ba et al., arXiv:1607.06450)
// Shapes: x_ND [N, D], the result the same; weights take the type of x. Parameters: weight [D] and,
// with LayerNorm, bias [D].
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

#include "models/blocks/block_cost.h"
#include "models/blocks/parameter_scope.h"
#include "models/config.h"

namespace bench::models {

class Norm {
 public:
  Norm(const NormConfig& config, int64_t width, const ParameterScope& scope);

  at::Tensor operator()(const at::Tensor& x_ND) const;
  // Without its input and its output.
  BlockCost Cost(const CostSetting& setting) const;
  // Whether it is its input that it keeps, which two norms of one input share. RMSNorm's reference
  // keeps in its place what it multiplies by the weight, as large and its own.
  bool KeepsInput(const CostSetting& setting) const;

 private:
  NormConfig config_;
  int64_t width_;
  at::Tensor weight_D_, bias_D_;
};

}  // namespace bench::models
