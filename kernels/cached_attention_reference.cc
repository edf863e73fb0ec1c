#include <cmath>

#include "kernels/cached_attention.h"

namespace bench::kernels {

at::Tensor CachedAttentionReference(const CachedAttentionInputs& inputs,
                                    const std::vector<CacheRange>& ranges_B) {
  const int64_t group = inputs.q_BHd.size(1) / inputs.k_CGd.size(1);
  const double scale = 1.0 / std::sqrt(static_cast<double>(inputs.q_BHd.size(2)));
  std::vector<at::Tensor> outputs;
  for (size_t b = 0; b < ranges_B.size(); ++b) {
    const auto& [start, length] = ranges_B[b];
    const at::Tensor q_H1d = inputs.q_BHd[static_cast<int64_t>(b)].unsqueeze(1);
    const auto per_head = [&, start = start, length = length](const at::Tensor& x_CGd) {
      return x_CGd.narrow(0, start, length).transpose(0, 1).repeat_interleave(group, 0);
    };
    const at::Tensor scores = at::matmul(q_H1d, per_head(inputs.k_CGd).transpose(1, 2)) * scale;
    outputs.push_back(at::matmul(at::softmax(scores, -1), per_head(inputs.v_CGd)).squeeze(1));
  }
  return at::stack(outputs, 0);
}

}  // namespace bench::kernels
