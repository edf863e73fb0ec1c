#include "absl/strings/str_cat.h"
#include "kernels/bench/kernel_case.h"
#include "kernels/bench/sequence_runs.h"
#include "kernels/ragged_attention.h"

namespace bench::kernels {
namespace {

// Keys that causal queries see, over all sequences.
double NumPairs(const Geometry& geometry) {
  double pairs = 0;
  for (const int64_t t : geometry.lengths) pairs += ToDouble(t) * ToDouble(t + 1) / 2;
  return pairs;
}

at::Tensor AtenAttention(const CaseInputs& in, const std::vector<SequenceRun>& runs) {
  const at::Tensor &q = in.leaves[0], &k = in.leaves[1], &v = in.leaves[2];
  std::vector<at::Tensor> outputs;
  for (const SequenceRun& run : runs) {
    outputs.push_back(at::scaled_dot_product_attention(
        run.PerSequence(q), run.PerSequence(k), run.PerSequence(v), /*attn_mask=*/{},
        /*dropout_p=*/0, /*is_causal=*/true, /*scale=*/std::nullopt, q.size(1) != k.size(1)));
  }
  return JoinedRows(outputs);
}

}  // namespace

// Per query head and pair: two products of width d, and scale, comparison, difference, exponential
// and sum; backward four products, and two differences and products of the softmax.
std::vector<KernelCase> RaggedAttentionCases(const Geometry& geometry) {
  if (geometry.phase == Phase::kDecoding) return {};
  const int64_t n = geometry.num_rows(), h = geometry.heads, g = geometry.kv_heads;
  const int64_t d = geometry.head_dim;
  KernelCase made;
  made.kernel = "RaggedAttention";
  made.shape = absl::StrCat("B", geometry.num_sequences(), "N", n, "H", h, "G", g, "d", d);
  made.experiment = geometry.experiment;
  made.has_own = OwnForCpuFloat;
  made.make_inputs = [=](const at::TensorOptions& options) {
    return CaseInputs{{RandomLeaf({n, h, d}, options, 1), RandomLeaf({n, g, d}, options, 2),
                       RandomLeaf({n, g, d}, options, 3)},
                      {}};
  };
  made.ours = [offsets = geometry.offsets()](const CaseInputs& in) {
    return RaggedAttention({in.leaves[0], in.leaves[1], in.leaves[2]}, offsets);
  };
  made.aten = [runs = RunsOf(geometry.lengths)](const CaseInputs& in) {
    return AtenAttention(in, runs);
  };
  made.composed = [offsets = geometry.offsets()](const CaseInputs& in) {
    return RaggedAttentionReference({in.leaves[0], in.leaves[1], in.leaves[2]}, offsets);
  };
  const double scores = ToDouble(h) * NumPairs(geometry);
  const double queries = Volume({n, h, d}), keys = Volume({n, g, d});
  made.forward = {scores * ToDouble(4 * d + 5), 2 * queries + 2 * keys};
  made.backward = {scores * ToDouble(8 * d + 4), 3 * queries + 4 * keys};
  return {made};
}

}  // namespace bench::kernels
