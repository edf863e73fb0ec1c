#include "models/kv_cache.h"

#include <algorithm>
#include <numeric>
#include <variant>

namespace bench::models {

namespace {

// Whether a sequence of one of these capacities gets longer than angles stay what they are.
bool RotationsChange(const DecoderConfig& config, const std::vector<int64_t>& capacities) {
  const auto* rope = std::get_if<Rope>(&config.position);
  if (rope == nullptr || capacities.empty()) return false;
  const int64_t longest = *std::max_element(capacities.begin(), capacities.end());
  return OriginalPositions(rope->scaling, longest) < longest;
}

}  // namespace

KvCache::KvCache(const DecoderConfig& config, const std::vector<int64_t>& capacities,
                 const at::TensorOptions& options)
    : starts_{0},
      lengths_(capacities.size(), 0),
      places_(capacities.size()),
      holds_unrotated_keys_(RotationsChange(config, capacities)) {
  for (const int64_t capacity : capacities) starts_.push_back(starts_.back() + capacity);
  for (int64_t layer = 0; layer < config.num_layers; ++layer) {
    keys_.push_back(at::empty({starts_.back(), config.num_kv_heads, config.head_dim}, options));
    values_.push_back(at::empty({starts_.back(), config.num_kv_heads, config.head_dim}, options));
  }
}

void KvCache::Advance(int64_t row, int64_t count) {
  int64_t& held = lengths_[static_cast<size_t>(row)];
  TORCH_CHECK(held + count <= capacity(row), "KvCache: sequence ", row, " would hold ",
              held + count, " tokens, its capacity is ", capacity(row));
  held += count;
}

CachePlan KvCache::Plan(const RaggedBatch& batch, const std::vector<int64_t>& cache_rows) const {
  TORCH_CHECK(static_cast<int64_t>(cache_rows.size()) == batch.num_sequences(),
              "KvCache: ", cache_rows.size(), " sequences for a batch of ", batch.num_sequences());
  CachePlan plan;
  plan.prefill = length(cache_rows.front()) == 0;
  at::Tensor slots_N = at::empty({batch.offsets.back()}, at::kLong);
  auto* slots = slots_N.mutable_data_ptr<int64_t>();
  for (size_t b = 0; b < cache_rows.size(); ++b) {
    const int64_t row = cache_rows[b], count = batch.offsets[b + 1] - batch.offsets[b];
    TORCH_CHECK((length(row) == 0) == plan.prefill && (plan.prefill || count == 1),
                "KvCache: a batch is all prompts or all single tokens; sequence ", row, " has ",
                length(row), " cached and ", count, " new tokens");
    TORCH_CHECK(length(row) + count <= capacity(row), "KvCache: sequence ", row, " is full");
    std::iota(slots + batch.offsets[b], slots + batch.offsets[b + 1], start(row) + length(row));
    plan.ranges_B.push_back({start(row), length(row) + count});
  }
  plan.slots_N = slots_N.to(batch.tokens_N.device());
  return plan;
}

}  // namespace bench::models
