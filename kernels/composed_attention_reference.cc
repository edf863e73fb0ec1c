#include <limits>

#include "kernels/composed_attention.h"

namespace bench::kernels {

at::Tensor ComposedAttentionReference(const AttentionInputs& inputs,
                                      const std::vector<AttentionSpan>& spans,
                                      const ScoreForm& form) {
  const int64_t group = inputs.q_NHd.size(1) / inputs.k_NGd.size(1);
  std::vector<at::Tensor> outputs;
  for (const AttentionSpan& span : spans) {
    const auto keys = [&](const at::Tensor& x_CGd) {
      return x_CGd.narrow(0, span.k_begin, span.num_keys)
          .transpose(0, 1)
          .repeat_interleave(group, 0);
    };
    const at::Tensor q_HRd = inputs.q_NHd.narrow(0, span.q_begin, span.num_queries).transpose(0, 1);
    at::Tensor scores_HRK = at::matmul(q_HRd, keys(inputs.k_NGd).transpose(1, 2)) * form.scale;
    if (form.bias_HP.defined()) {
      scores_HRK = scores_HRK + form.bias_HP.narrow(1, 0, span.num_keys).unsqueeze(1);
    }
    at::Tensor seen = at::ones({span.num_queries, span.num_keys},
                               scores_HRK.options().dtype(at::kBool).requires_grad(false))
                          .tril(span.num_keys - span.num_queries);
    if (form.window > 0) seen = seen.triu(span.num_keys - span.num_queries - form.window + 1);
    seen.narrow(1, 0, span.prefix).fill_(true);
    scores_HRK =
        scores_HRK.masked_fill(seen.logical_not(), -std::numeric_limits<double>::infinity());
    outputs.push_back(at::matmul(at::softmax(scores_HRK, -1), keys(inputs.v_NGd)).transpose(0, 1));
  }
  return at::cat(outputs, 0);
}

}  // namespace bench::kernels
