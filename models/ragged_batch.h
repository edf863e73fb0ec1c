// A padding-free batch: the tokens of B sequences concatenated.
//
// Shape legend of this library: N tokens of a batch, B sequences, M selected rows, D hidden size,
// H query heads, G key/value heads, d head width, F intermediate size, V vocabulary.
// Everything linear runs on [N, D]; attention never crosses a sequence and positions restart at 0,
// so a sequence's result depends on its own tokens only.
//
// A sequence may begin with vectors of real values, such as the patches of an image (K of a batch,
// P values each): the first of its positions hold them, and what stands there as a token is not
// read. A decoder whose configuration has a vector_size of P takes them in
// (blocks/decoder_blocks.h).
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

namespace bench::models {

struct RaggedBatch {
  at::Tensor tokens_N;            // int64
  at::Tensor positions_N;         // int64, restarting at 0 in every sequence
  std::vector<int64_t> offsets;   // B + 1 row numbers, offsets[0] = 0, offsets[B] = N
  at::Tensor vectors_KP = {};     // floating type; undefined: no sequence begins with vectors
  at::Tensor vector_rows_K = {};  // int64, the rows that they stand at
  int64_t num_sequences() const { return static_cast<int64_t>(offsets.size()) - 1; }
};

// Concatenates `rows`. Every row must have at least one token (TORCH_CHECK).
RaggedBatch MakeRaggedBatch(const std::vector<std::vector<int64_t>>& rows, at::Device device);

// Vectors that B sequences begin with, those of the first one first.
struct SequenceVectors {
  at::Tensor vectors_KP = {};          // undefined: none
  std::vector<int64_t> counts_B = {};  // how many of them are whose; their sum is K
};

// Puts the vectors, on any device, at the beginnings of the batch's sequences. TORCH_CHECK: a count
// for every sequence, none longer than it, and as many vectors as they say.
void PutVectors(const SequenceVectors& vectors, RaggedBatch& batch);

}  // namespace bench::models
