// The blocks of a whole decoder, in canonical order: embedding (and its norm), layers, final norm,
// the linear map of the vectors that sequences begin with, and head. Vectors: x_KP W^T + b takes
// the place of the embedding at their positions (Fuyu, adept.ai/blog/fuyu-8b; LLaVA,
// arXiv:2304.08485, equation 1). Their constructors name every parameter; Parameters(config) asks
// them without tensors.
#pragma once

#include <ATen/ATen.h>

#include <optional>
#include <vector>

#include "models/blocks/block_cost.h"
#include "models/blocks/head.h"
#include "models/blocks/layer.h"
#include "models/blocks/linear.h"
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
  std::optional<Linear> vectors;  // where config.vector_size > 0
  Head head;
};

// All parameters in their canonical order (embedding, layers, final norm, vectors, head), which is
// the order of initialisation, of the optimizer's state and of saved files.
std::vector<ParameterSpec> Parameters(const DecoderConfig& config);
int64_t NumParameters(const DecoderConfig& config);

struct DecoderCost {
  BlockCost embedding;   // its norm's, and of vectors as if every token were one
  BlockCost layer;       // each of them
  BlockCost final_norm;  // without its input
};
DecoderCost CostOf(const DecoderConfig& config, const CostSetting& setting);

// Floating-point operations of the forward pass, matrix products only: a token's, with
// `keys_a_token` keys seen. A backward pass has twice as many.
enum class HeadUse { kUnused, kUsed };
double ForwardFlops(const DecoderConfig& config, double keys_a_token, HeadUse head);

}  // namespace bench::models
