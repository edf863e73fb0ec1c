#include "absl/strings/str_cat.h"
#include "kernels/bench/kernel_case.h"
#include "kernels/bench/sequence_runs.h"
#include "kernels/cached_attention.h"

namespace bench::kernels {
namespace {

std::vector<CacheRange> RangesOf(const Geometry& geometry) {
  std::vector<CacheRange> ranges;
  int64_t begin = 0;
  for (const int64_t length : geometry.lengths) {
    ranges.push_back({begin, length});
    begin += length;
  }
  return ranges;
}

at::Tensor AtenAttention(const CaseInputs& in, const std::vector<SequenceRun>& runs) {
  const at::Tensor &q_BHd = in.leaves[0], &k = in.leaves[1], &v = in.leaves[2];
  std::vector<at::Tensor> outputs;
  for (const SequenceRun& run : runs) {
    const at::Tensor q_BH1d = q_BHd.narrow(0, run.first_sequence, run.num_sequences).unsqueeze(2);
    outputs.push_back(at::scaled_dot_product_attention(
        q_BH1d, run.PerSequence(k), run.PerSequence(v), /*attn_mask=*/{}, /*dropout_p=*/0,
        /*is_causal=*/false, /*scale=*/std::nullopt, q_BHd.size(1) != k.size(1)));
  }
  return JoinedRows(outputs);
}

}  // namespace

// Per query head and cached key: two products of width d, and scale, comparison, difference,
// exponential and sum. Keys and values are read once.
std::vector<KernelCase> CachedAttentionCases(const Geometry& geometry) {
  if (geometry.phase == Phase::kTraining) return {};
  const int64_t b = geometry.num_sequences(), c = geometry.total_length();
  const int64_t h = geometry.heads, g = geometry.kv_heads, d = geometry.head_dim;
  KernelCase made;
  made.kernel = "CachedAttention";
  made.shape = absl::StrCat("B", b, "C", c, "H", h, "G", g, "d", d);
  made.experiment = geometry.experiment;
  made.has_own = OwnForCpuFloat;
  made.make_inputs = [=](const at::TensorOptions& options) {
    return CaseInputs{{RandomLeaf({b, h, d}, options, 1), RandomLeaf({c, g, d}, options, 2),
                       RandomLeaf({c, g, d}, options, 3)},
                      {}};
  };
  made.ours = [ranges = RangesOf(geometry)](const CaseInputs& in) {
    return CachedAttention({in.leaves[0], in.leaves[1], in.leaves[2]}, ranges);
  };
  made.aten = [runs = RunsOf(geometry.lengths)](const CaseInputs& in) {
    return AtenAttention(in, runs);
  };
  made.composed = [ranges = RangesOf(geometry)](const CaseInputs& in) {
    return CachedAttentionReference({in.leaves[0], in.leaves[1], in.leaves[2]}, ranges);
  };
  made.forward = {Volume({h, c}) * ToDouble(4 * d + 5),
                  2 * Volume({b, h, d}) + 2 * Volume({c, g, d})};
  made.has_backward = false;
  return {made};
}

}  // namespace bench::kernels
