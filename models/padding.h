// Takes the padding out of a batch, as trainers with rectangular batches hold them.
//
// What is computed from the result depends neither on the side on which padding stood nor on how
// much of it there was, bit for bit: it is gone before any arithmetic.
#pragma once

#include "models/ragged_batch.h"

namespace bench::models {

// The tokens whose mask is set, in their order. tokens_BT is int64, mask_BT bool, of one shape;
// every row has at least one token (TORCH_CHECK).
RaggedBatch WithoutPadding(const at::Tensor& tokens_BT, const at::Tensor& mask_BT,
                           at::Device device);

}  // namespace bench::models
