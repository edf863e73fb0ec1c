#include <cmath>
#include <limits>

#include "kernels/ragged_attention.h"

namespace bench::kernels {
namespace {

// [T, H, d] -> [H, T, d], each key/value head repeated for its group of query heads.
at::Tensor PerHead(const at::Tensor& x_TGd, int64_t group) {
  return x_TGd.transpose(0, 1).repeat_interleave(group, 0);
}

at::Tensor CausalAttention(const at::Tensor& q_THd, const at::Tensor& k_TGd,
                           const at::Tensor& v_TGd) {
  const int64_t length = q_THd.size(0);
  const int64_t group = q_THd.size(1) / k_TGd.size(1);
  const double scale = 1.0 / std::sqrt(static_cast<double>(q_THd.size(2)));
  at::Tensor scores_HTT =
      at::matmul(q_THd.transpose(0, 1), PerHead(k_TGd, group).transpose(1, 2)) * scale;
  const at::Tensor future =
      at::ones({length, length}, q_THd.options().dtype(at::kBool)).triu(/*diagonal=*/1);
  scores_HTT = scores_HTT.masked_fill(future, -std::numeric_limits<double>::infinity());
  return at::matmul(at::softmax(scores_HTT, -1), PerHead(v_TGd, group)).transpose(0, 1);
}

}  // namespace

at::Tensor RaggedAttentionReference(const AttentionInputs& inputs,
                                    const std::vector<int64_t>& offsets) {
  std::vector<at::Tensor> outputs;
  for (size_t b = 0; b + 1 < offsets.size(); ++b) {
    const int64_t begin = offsets[b], length = offsets[b + 1] - begin;
    outputs.push_back(CausalAttention(inputs.q_NHd.narrow(0, begin, length),
                                      inputs.k_NGd.narrow(0, begin, length),
                                      inputs.v_NGd.narrow(0, begin, length)));
  }
  return at::cat(outputs, 0);
}

}  // namespace bench::kernels
