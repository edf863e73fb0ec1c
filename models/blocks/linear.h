// A linear layer: y = x W^T + b, the bias where its shape says so.
//
// Shapes: x_ND [N, D], result [N, E]. Weight and bias take the type of x. Kernels: linear.h.
// Parameters: weight [E, D], bias [E].
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

#include "models/blocks/block_cost.h"
#include "models/blocks/parameter_scope.h"

namespace bench::models {

struct LinearShape {
  int64_t in = 0, out = 0;
  bool has_bias = false;
};

class Linear {
 public:
  Linear(const LinearShape& shape, const ParameterScope& scope);

  at::Tensor operator()(const at::Tensor& x_ND) const;
  // Its input is another block's, its output whoever keeps it.
  BlockCost Cost() const;

 private:
  LinearShape shape_;
  at::Tensor weight_ED_, bias_E_;
};

// x W^T with the weight in the type of x.
at::Tensor LinearOf(const at::Tensor& x_ND, const at::Tensor& weight_ED);

}  // namespace bench::models
