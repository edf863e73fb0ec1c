#include "models/blocks/attention.h"

#include <cmath>
#include <variant>
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

// Queries, keys and values of the batch, or queries of the batch and all that is cached.
std::vector<kernels::AttentionSpan> SpansOf(const Pass& pass, bool from_cache) {
  std::vector<kernels::AttentionSpan> spans;
  const std::vector<int64_t>& offsets = pass.batch.offsets;
  for (size_t b = 0; b + 1 < offsets.size(); ++b) {
    const int64_t begin = offsets[b], length = offsets[b + 1] - begin;
    const kernels::CacheRange keys =
        from_cache ? pass.plan.ranges_B[b] : kernels::CacheRange{begin, length};
    spans.push_back({begin, length, keys.start, keys.length, PrefixOf(pass, b)});
  }
  return spans;
}

void Append(const AttentionInputs& inputs, int64_t layer, const Pass& pass) {
  pass.cache->keys_CGd(layer).index_copy_(0, pass.plan.slots_N, inputs.k_NGd);
  pass.cache->values_CGd(layer).index_copy_(0, pass.plan.slots_N, inputs.v_NGd);
}

at::Tensor Composed(const AttentionInputs& inputs, int64_t layer, const Pass& pass,
                    bool from_cache) {
  const double scale = 1 / std::sqrt(static_cast<double>(inputs.q_NHd.size(2)));
  const AttentionInputs all = from_cache
                                  ? AttentionInputs{inputs.q_NHd, pass.cache->keys_CGd(layer),
                                                    pass.cache->values_CGd(layer)}
                                  : inputs;
  return kernels::ComposedAttention(all, SpansOf(pass, from_cache),
                                    {scale, pass.positions.score_bias_HP});
}

at::Tensor Fused(const AttentionInputs& inputs, int64_t layer, const Pass& pass, bool from_cache) {
  if (!from_cache) return kernels::RaggedAttention(inputs, pass.batch.offsets);
  return kernels::CachedAttention(
      {inputs.q_NHd, pass.cache->keys_CGd(layer), pass.cache->values_CGd(layer)},
      pass.plan.ranges_B);
}

}  // namespace

Attention::Attention(const DecoderConfig& config, int64_t layer, const ParameterScope& scope)
    : layer_(layer),
      num_heads_(config.num_heads),
      num_kv_heads_(config.num_kv_heads),
      head_dim_(config.head_dim),
      rotary_width_(RotaryWidth(config)),
      is_composed_(AttentionKernelsOf(config) == AttentionKernels::kComposed),
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
  AttentionInputs inputs = {Rotated(heads(q_), positions.rotations),
                            Rotated(heads(k_), positions.rotations), heads(v_)};
  if (positions.query_factors_N.defined()) {
    inputs.q_NHd = inputs.q_NHd * positions.query_factors_N.view({-1, 1, 1});
  }
  if (pass.cache != nullptr) Append(inputs, layer_, pass);
  const bool from_cache = pass.cache != nullptr && !pass.plan.prefill;
  const at::Tensor o_NHd = is_composed_ ? Composed(inputs, layer_, pass, from_cache)
                                        : Fused(inputs, layer_, pass, from_cache);
  return o_(o_NHd.flatten(1));
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
