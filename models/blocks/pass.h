// What all layers of one forward pass share: the batch, where its tokens are, and the cache.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "kernels/rope.h"
#include "models/kv_cache.h"
#include "models/ragged_batch.h"

namespace bench::models {

// A rotation of every token by its row of the tables.
struct Rotation {
  kernels::RopeTables tables;
  at::Tensor rows_N;  // int64
};

// Where keys are cached as they are before their rotation: all keys that the queries see, one
// sequence after the other, how they turn now, and which rows of these a sequence has.
struct MovedKeys {
  at::Tensor cache_rows_K;  // int64
  std::vector<Rotation> rotations;
  std::vector<kernels::CacheRange> ranges_B;
};

// What positions do to attention; made by position.h.
struct PassPositions {
  std::vector<Rotation> rotations;      // none; of the first columns of a head; of each half of it
  at::Tensor query_factors_N;           // undefined: 1
  at::Tensor score_bias_HP;             // undefined: none
  std::vector<int64_t> prefixes_B;      // tokens that all rows of a sequence see; empty: none
  std::optional<MovedKeys> moved_keys;  // in a decoding pass; absent: cached keys stay
};

struct Pass {
  RaggedBatch batch;
  PassPositions positions;
  KvCache* cache = nullptr;  // with a plan, where keys and values are cached
  CachePlan plan;
};

}  // namespace bench::models
