#include "kernels/cached_attention.h"

#include "kernels/cached_attention_kernels.h"
#include "kernels/checks.h"
#include "kernels/parallel.h"

namespace bench::kernels {
namespace {

constexpr char kOp[] = "CachedAttention";

void Check(const CachedAttentionInputs& inputs, const std::vector<CacheRange>& ranges_B) {
  const auto& [q, k, v] = inputs;
  CheckRank(kOp, q, 3);
  CheckRank(kOp, k, 3);
  CheckSameType(kOp, q, k);
  CheckSameType(kOp, q, v);
  TORCH_CHECK(k.sizes() == v.sizes() && q.size(2) == k.size(2) && q.size(1) % k.size(1) == 0, kOp,
              ": q ", q.sizes(), ", k ", k.sizes(), " and v ", v.sizes(), " do not fit");
  TORCH_CHECK(static_cast<int64_t>(ranges_B.size()) == q.size(0), kOp, ": ", ranges_B.size(),
              " ranges for queries ", q.sizes());
  for (const auto& [start, length] : ranges_B) {
    TORCH_CHECK(start >= 0 && length >= 1 && start + length <= k.size(0), kOp, ": range [", start,
                ", ", start + length, ") is empty or outside the cache ", k.sizes());
  }
}

// Task t is query head t % H of sequence t / H.
CachedAttentionArgs ArgsFor(const CachedAttentionInputs& inputs, const CacheRange& range,
                            int64_t task, float* o) {
  const int64_t num_heads = inputs.q_BHd.size(1), d = inputs.q_BHd.size(2);
  const int64_t num_kv_heads = inputs.k_CGd.size(1), kv_stride = num_kv_heads * d;
  const int64_t kv_head = task % num_heads / (num_heads / num_kv_heads);
  const int64_t kv_offset = range.start * kv_stride + kv_head * d;
  return {inputs.q_BHd.const_data_ptr<float>() + task * d,
          inputs.k_CGd.const_data_ptr<float>() + kv_offset,
          inputs.v_CGd.const_data_ptr<float>() + kv_offset,
          o + task * d,
          d,
          kv_stride,
          range.length};
}

at::Tensor Run(const CachedAttentionInputs& inputs, const std::vector<CacheRange>& ranges_B) {
  at::Tensor o_BHd = at::empty_like(inputs.q_BHd);
  float* o = o_BHd.mutable_data_ptr<float>();
  const int64_t num_sequences = inputs.q_BHd.size(0), num_heads = inputs.q_BHd.size(1);
  int64_t num_keys = 0;
  for (const CacheRange& range : ranges_B) num_keys += range.length;
  // Of a head's keys and values, of which the average sequence has num_keys / num_sequences.
  const int64_t elements =
      num_sequences == 0 ? 0 : 2 * num_keys * inputs.q_BHd.size(2) / num_sequences;
  ParallelFor({num_sequences * num_heads, elements}, [&](int64_t begin, int64_t end) {
    std::vector<float> scratch;
    for (int64_t task = begin; task < end; ++task) {
      const CacheRange& range = ranges_B[static_cast<size_t>(task / num_heads)];
      CachedAttentionHead(ArgsFor(inputs, range, task, o), scratch);
    }
  });
  return o_BHd;
}

}  // namespace

at::Tensor CachedAttention(const CachedAttentionInputs& inputs,
                           const std::vector<CacheRange>& ranges_B) {
  Check(inputs, ranges_B);
  const at::NoGradGuard no_grad;
  if (!IsCpuFloat(inputs.q_BHd)) return CachedAttentionReference(inputs, ranges_B);
  return Run({inputs.q_BHd.contiguous(), inputs.k_CGd.contiguous(), inputs.v_CGd.contiguous()},
             ranges_B);
}

}  // namespace bench::kernels
