// A padding-free batch: the tokens of B sequences concatenated.
//
// Shape legend of this library: N tokens of a batch, B sequences, M selected rows, D hidden size,
// H query heads, G key/value heads, d head width, F intermediate size, V vocabulary.
// Everything linear runs on [N, D]; attention never crosses a sequence and positions restart at 0,
// so a sequence's result depends on its own tokens only.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

namespace bench::models {

struct RaggedBatch {
  at::Tensor tokens_N;           // int64
  at::Tensor positions_N;        // int64, restarting at 0 in every sequence
  std::vector<int64_t> offsets;  // B + 1 row numbers, offsets[0] = 0, offsets[B] = N
  int64_t num_sequences() const { return static_cast<int64_t>(offsets.size()) - 1; }
};

// Concatenates `rows`. Every row must have at least one token (TORCH_CHECK).
RaggedBatch MakeRaggedBatch(const std::vector<std::vector<int64_t>>& rows, at::Device device);

}  // namespace bench::models
