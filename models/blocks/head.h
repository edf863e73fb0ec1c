// The output head: logits = W x + b, W tied to the embedding or a matrix of its own, its rows
// divided by their L2 norm where the configuration says so.
//
// Losses read W as one matrix (kernels/linear_cross_entropy.h), so a bias is a column of W beside
// an input of 1: logits = Weight(type) Input(x). Shapes: x_MD [M, D], W [V, D or D + 1].
// Parameters: weight (unless tied), bias.
#pragma once

#include <ATen/ATen.h>

#include "models/blocks/parameter_scope.h"
#include "models/config.h"

namespace bench::models {

class Head {
 public:
  Head(const DecoderConfig& config, const at::Tensor& embedding_VD, const ParameterScope& scope);

  at::Tensor Weight(at::ScalarType type) const;
  at::Tensor Input(const at::Tensor& hidden_MD) const;
  at::Tensor Logits(const at::Tensor& hidden_MD) const;

 private:
  bool is_normalised_;
  at::Tensor weight_VD_, bias_V_;
};

}  // namespace bench::models
