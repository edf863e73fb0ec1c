// The blocks of a whole decoder, in canonical order: embedding (and its norm), layers, final norm,
// head. Their constructors name every parameter; Parameters(config) asks them without tensors.
#pragma once

#include <ATen/ATen.h>

#include <optional>
#include <vector>

#include "models/blocks/block_cost.h"
#include "models/blocks/head.h"
#include "models/blocks/layer.h"
#include "models/blocks/norm.h"
#include "models/blocks/parameter_scope.h"
#include "models/config.h"

namespace bench::models {

struct DecoderBlocks {
  DecoderBlocks(const DecoderConfig& config, const ParameterSource& source);

  at::Tensor embedding_VD;
  std::optional<Norm> embedding_norm;
  std::vector<Layer> layers;
  Norm final_norm;
  Head head;
};

// All parameters in their canonical order (embedding, layers, final norm, head), which is the order
// of initialisation, of the optimizer's state and of saved files.
std::vector<ParameterSpec> Parameters(const DecoderConfig& config);
int64_t NumParameters(const DecoderConfig& config);

struct DecoderCost {
  BlockCost embedding;   // its norm's
  BlockCost layer;       // each of them
  BlockCost final_norm;  // without its input
};
DecoderCost CostOf(const DecoderConfig& config, const CostSetting& setting);

// Floating-point operations of the forward pass, matrix products only: a token's, with
// `keys_a_token` keys seen. A backward pass has twice as many.
enum class HeadUse { kUnused, kUsed };
double ForwardFlops(const DecoderConfig& config, double keys_a_token, HeadUse head);

}  // namespace bench::models
