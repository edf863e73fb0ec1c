#include "models/blocks/attention.h"

#include <cmath>
#include <optional>
#include <vector>

#include "kernels/cached_attention.h"
#include "kernels/composed_attention.h"
#include "kernels/ragged_attention.h"
#include "models/decoder.h"

namespace bench::models {
namespace {

using kernels::AttentionInputs;

LinearShape Projection(const DecoderConfig& c, int64_t num_heads) {
  return {c.hidden_size, num_heads * c.head_dim, c.biases.qkv};
}

at::Tensor Rotated(const at::Tensor& x_NHd, const std::vector<Rotation>& rotations) {
  if (rotations.empty()) return x_NHd;
  if (rotations.size() == 1) {
    return kernels::Rope(x_NHd, rotations[0].rows_N, rotations[0].tables);
  }
  std::vector<at::Tensor> parts = x_NHd.chunk(static_cast<int64_t>(rotations.size()), -1);
  for (size_t i = 0; i < rotations.size(); ++i) {
    parts[i] = kernels::Rope(parts[i], rotations[i].rows_N, rotations[i].tables);
  }
  return at::cat(parts, -1);
}

int64_t PrefixOf(const Pass& pass, size_t sequence) {
  const std::vector<int64_t>& prefixes = pass.positions.prefixes_B;
  return prefixes.empty() ? 0 : prefixes[sequence];
}

// Where the keys of each sequence are among those that FromCache returns.
const std::vector<kernels::CacheRange>& RangesOf(const Pass& pass) {
  const std::optional<MovedKeys>& moved = pass.positions.moved_keys;
  return moved ? moved->ranges_B : pass.plan.ranges_B;
}

// Queries, keys and values of the batch, or queries of the batch and all that is cached.
std::vector<kernels::AttentionSpan> SpansOf(const Pass& pass, bool from_cache) {
  std::vector<kernels::AttentionSpan> spans;
  const std::vector<int64_t>& offsets = pass.batch.offsets;
  for (size_t b = 0; b + 1 < offsets.size(); ++b) {
    const int64_t begin = offsets[b], length = offsets[b + 1] - begin;
    const kernels::CacheRange keys =
        from_cache ? RangesOf(pass)[b] : kernels::CacheRange{begin, length};
    spans.push_back({begin, length, keys.start, keys.length, PrefixOf(pass, b)});
  }
  return spans;
}

// Keys as the cache holds them (kv_cache.h) and values of the batch.
struct CacheRows {
  const at::Tensor &k_NGd, &v_NGd;
};
void Append(const CacheRows& rows, int64_t layer, const Pass& pass) {
  pass.cache->keys_CGd(layer).index_copy_(0, pass.plan.slots_N, rows.k_NGd);
  pass.cache->values_CGd(layer).index_copy_(0, pass.plan.slots_N, rows.v_NGd);
}

// The queries with all that is cached; keys that move are turned as their sequences are long now.
AttentionInputs FromCache(const at::Tensor& q_NHd, int64_t layer, const Pass& pass) {
  const at::Tensor &keys = pass.cache->keys_CGd(layer), &values = pass.cache->values_CGd(layer);
  const std::optional<MovedKeys>& moved = pass.positions.moved_keys;
  if (!moved) return {q_NHd, keys, values};
  return {q_NHd, Rotated(keys.index_select(0, moved->cache_rows_K), moved->rotations),
          values.index_select(0, moved->cache_rows_K)};
}

}  // namespace

Attention::Attention(const DecoderConfig& config, int64_t layer, const ParameterScope& scope)
    : layer_(layer),
      num_heads_(config.num_heads),
      num_kv_heads_(config.num_kv_heads),
      head_dim_(config.head_dim),
      rotary_width_(RotaryWidth(config)),
      is_composed_(AttentionKernelsOf(config) == AttentionKernels::kComposed),
      window_(config.slides() ? config.window : 0),
      q_(Projection(config, config.num_heads), scope.In("q_proj")),
      k_(Projection(config, config.num_kv_heads), scope.In("k_proj")),
      v_(Projection(config, config.num_kv_heads), scope.In("v_proj")),
      o_({config.num_heads * config.head_dim, config.hidden_size, config.biases.output},
         scope.In("o_proj")) {}

at::Tensor Attention::operator()(const at::Tensor& x_ND, const Pass& pass) const {
  const auto heads = [&](const Linear& projection) {
    return projection(x_ND).view({x_ND.size(0), -1, head_dim_});
  };
  const PassPositions& positions = pass.positions;
  const at::Tensor k_NGd = heads(k_);
  AttentionInputs inputs = {Rotated(heads(q_), positions.rotations),
                            Rotated(k_NGd, positions.rotations), heads(v_)};
  if (positions.query_factors_N.defined()) {
    inputs.q_NHd = inputs.q_NHd * positions.query_factors_N.view({-1, 1, 1});
  }
  if (pass.cache != nullptr) {
    const bool unrotated = pass.cache->holds_unrotated_keys();
    Append({unrotated ? k_NGd : inputs.k_NGd, inputs.v_NGd}, layer_, pass);
  }
  const bool from_cache = pass.cache != nullptr && !pass.plan.prefill;
  if (from_cache) inputs = FromCache(inputs.q_NHd, layer_, pass);
  return o_(Attend(inputs, pass, from_cache).flatten(1));
}

at::Tensor Attention::Attend(const kernels::AttentionInputs& inputs, const Pass& pass,
                             bool from_cache) const {
  if (is_composed_) {
    const double scale = 1 / std::sqrt(static_cast<double>(head_dim_));
    return kernels::ComposedAttention(inputs, SpansOf(pass, from_cache),
                                      {scale, pass.positions.score_bias_HP, window_});
  }
  if (!from_cache) return kernels::RaggedAttention(inputs, pass.batch.offsets);
  return kernels::CachedAttention({inputs.q_NHd, inputs.k_NGd, inputs.v_NGd}, RangesOf(pass));
}

// Kept: q, k, v and the output, and the log-sum-exp of each head, in fp32. LibTorch's attention
// keeps its output twice, and the rotation of q and of k its tables.
BlockCost Attention::Cost(const CostSetting& setting) const {
  const auto q = static_cast<double>(num_heads_ * head_dim_);
  const auto kv = static_cast<double>(num_kv_heads_ * head_dim_);
  const double s = setting.element_bytes;
  BlockCost cost = {.kept_bytes = s * 2 * (q + kv), .flops_per_key = 4 * q};
  if (!is_composed_) cost.kept_bytes += sizeof(float) * static_cast<double>(num_heads_);
  if (setting.kernels != KernelSet::kFused) {
    cost.kept_bytes += (is_composed_ ? 0 : s * q) + s * 2 * static_cast<double>(rotary_width_);
  }
  for (const Linear* linear : {&q_, &k_, &v_, &o_}) cost += linear->Cost();
  return cost;
}

}  // namespace bench::models
