#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "kernels/bench/kernel_case.h"
#include "kernels/bench/sequence_runs.h"
#include "kernels/composed_attention.h"

namespace bench::kernels {
namespace {

// The bias that is proportional to the key's position, with ALiBi's slopes (arXiv:2108.12409).
at::Tensor AlibiBias(int64_t num_heads, int64_t num_positions, const at::Device& device) {
  const auto options = at::TensorOptions(device).dtype(at::kFloat);
  const at::Tensor exponents_H =
      at::arange(1, num_heads + 1, options) * (-8.0 / ToDouble(num_heads));
  return at::outer(at::pow(at::Scalar(2.0), exponents_H), at::arange(num_positions, options));
}

// What LibTorch's attention takes in their place, [H, T, T]: the bias, and of later keys none.
at::Tensor CausalBias(const at::Tensor& bias_HP, int64_t length, at::ScalarType type) {
  const at::Tensor later =
      at::ones({length, length}, bias_HP.options().dtype(at::kBool)).triu(/*diagonal=*/1);
  return bias_HP.narrow(1, 0, length)
      .unsqueeze(1)
      .masked_fill(later, -std::numeric_limits<double>::infinity())
      .to(type);
}

std::vector<AttentionSpan> SpansOf(const Geometry& geometry) {
  std::vector<AttentionSpan> spans;
  int64_t begin = 0;
  for (const int64_t length : geometry.lengths) {
    spans.push_back({begin, length, begin, length, 0});
    begin += length;
  }
  return spans;
}

// Its masks are made beforehand: a model would keep them.
CaseInputs InputsOf(const Geometry& geometry, const at::TensorOptions& options) {
  const int64_t n = geometry.num_rows(), h = geometry.heads, g = geometry.kv_heads;
  const int64_t d = geometry.head_dim;
  CaseInputs inputs = {{RandomLeaf({n, h, d}, options, 1), RandomLeaf({n, g, d}, options, 2),
                        RandomLeaf({n, g, d}, options, 3)},
                       {}};
  const int64_t longest = *std::max_element(geometry.lengths.begin(), geometry.lengths.end());
  inputs.constants.push_back(AlibiBias(h, longest, options.device()));
  for (const SequenceRun& run : RunsOf(geometry.lengths)) {
    inputs.constants.push_back(
        CausalBias(inputs.constants[0], run.length, inputs.leaves[0].scalar_type()));
  }
  return inputs;
}

at::Tensor AtenAttention(const CaseInputs& in, const std::vector<SequenceRun>& runs) {
  const at::Tensor &q = in.leaves[0], &k = in.leaves[1], &v = in.leaves[2];
  std::vector<at::Tensor> outputs;
  for (size_t i = 0; i < runs.size(); ++i) {
    outputs.push_back(at::scaled_dot_product_attention(
        runs[i].PerSequence(q), runs[i].PerSequence(k), runs[i].PerSequence(v), in.constants[i + 1],
        /*dropout_p=*/0, /*is_causal=*/false, /*scale=*/std::nullopt, q.size(1) != k.size(1)));
  }
  return JoinedRows(outputs);
}

// The reference in the type of the bias, as the operation's sums are.
at::Tensor Composed(const CaseInputs& in, const std::vector<AttentionSpan>& spans,
                    const ScoreForm& form) {
  const auto wide = [](const at::Tensor& x) { return x.to(at::kFloat); };
  return ComposedAttentionReference({wide(in.leaves[0]), wide(in.leaves[1]), wide(in.leaves[2])},
                                    spans, form)
      .to(in.leaves[0].scalar_type());
}

}  // namespace

// As RaggedAttention, with the sum of score and bias.
std::vector<KernelCase> ComposedAttentionCases(const Geometry& geometry) {
  if (geometry.phase == Phase::kDecoding) return {};
  const int64_t n = geometry.num_rows(), h = geometry.heads, g = geometry.kv_heads;
  const int64_t d = geometry.head_dim;
  const double scale = 1 / std::sqrt(ToDouble(d));
  KernelCase made;
  made.kernel = "ComposedAttention";
  made.shape = absl::StrCat("B", geometry.num_sequences(), "N", n, "H", h, "G", g, "d", d);
  made.experiment = geometry.experiment;
  made.make_inputs = [geometry](const at::TensorOptions& options) {
    return InputsOf(geometry, options);
  };
  made.ours = [scale, spans = SpansOf(geometry)](const CaseInputs& in) {
    return ComposedAttention({in.leaves[0], in.leaves[1], in.leaves[2]}, spans,
                             {scale, in.constants[0]});
  };
  made.aten = [runs = RunsOf(geometry.lengths)](const CaseInputs& in) {
    return AtenAttention(in, runs);
  };
  made.composed = [scale, spans = SpansOf(geometry)](const CaseInputs& in) {
    return Composed(in, spans, {scale, in.constants[0]});
  };
  double scores = 0;
  for (const int64_t t : geometry.lengths) scores += Volume({h, t, t + 1}) / 2;
  const double queries = Volume({n, h, d}), keys = Volume({n, g, d});
  made.forward = {scores * ToDouble(4 * d + 6), 2 * queries + 2 * keys};
  made.backward = {scores * ToDouble(8 * d + 4), 3 * queries + 4 * keys};
  return {made};
}

}  // namespace bench::kernels
