// Keys and values of the tokens seen so far, for generation.
//
// One allocation for all sequences and layers: sequence b owns capacity[b] rows of a [C, G, d]
// tensor for keys and one for values per layer. Nothing is allocated as sequences grow. Keys are
// held as they were rotated, or, where their rotation depends on the length that a sequence can
// reach here (models/config.h, OriginalPositions), before it. With a window all keys are held.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

#include "kernels/cached_attention.h"
#include "models/config.h"
#include "models/ragged_batch.h"

namespace bench::models {

// Where a ragged batch goes in the cache.
struct CachePlan {
  bool prefill = false;                       // all rows start empty sequences
  at::Tensor slots_N;                         // int64 cache row of every token
  std::vector<kernels::CacheRange> ranges_B;  // per sequence, the new tokens included
};

// Where the visible prompt of a sequence ends and its answer stands (block positions only,
// models/config.h).
struct BlockPlace {
  int64_t prefix = 0;  // tokens before the beginning of sequence
  int64_t mask = 0;    // position of [gMASK]
};

class KvCache {
 public:
  // `capacities`: most tokens of each sequence.
  KvCache(const DecoderConfig& config, const std::vector<int64_t>& capacities,
          const at::TensorOptions& options);

  const at::Tensor& keys_CGd(int64_t layer) const { return keys_[static_cast<size_t>(layer)]; }
  const at::Tensor& values_CGd(int64_t layer) const { return values_[static_cast<size_t>(layer)]; }
  int64_t start(int64_t row) const { return starts_[static_cast<size_t>(row)]; }
  int64_t length(int64_t row) const { return lengths_[static_cast<size_t>(row)]; }
  int64_t capacity(int64_t row) const {
    return starts_[static_cast<size_t>(row) + 1] - starts_[static_cast<size_t>(row)];
  }
  // Row b of `batch` continues sequence cache_rows[b]: all of them empty, or one token each at the
  // position that the cache has reached (TORCH_CHECK).
  CachePlan Plan(const RaggedBatch& batch, const std::vector<int64_t>& cache_rows) const;
  // Keys are those before their rotation.
  bool holds_unrotated_keys() const { return holds_unrotated_keys_; }
  BlockPlace place(int64_t row) const { return places_[static_cast<size_t>(row)]; }
  void set_place(int64_t row, const BlockPlace& place) {
    places_[static_cast<size_t>(row)] = place;
  }
  // Counts `count` tokens, written by the caller in every layer, as seen.
  void Advance(int64_t row, int64_t count);

 private:
  std::vector<int64_t> starts_;   // first row of each sequence, and the end
  std::vector<int64_t> lengths_;  // tokens held
  std::vector<BlockPlace> places_;
  bool holds_unrotated_keys_;
  std::vector<at::Tensor> keys_, values_;
};

}  // namespace bench::models
