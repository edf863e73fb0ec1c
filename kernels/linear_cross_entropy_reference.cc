#include "kernels/linear_cross_entropy.h"

namespace bench::kernels {

CrossEntropy LinearCrossEntropyReference(const at::Tensor& hidden_MD, const at::Tensor& weight_VD,
                                         const at::Tensor& targets_M) {
  const auto accumulate = hidden_MD.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  const at::Tensor logits_MV = at::matmul(hidden_MD, weight_VD.t()).to(accumulate);
  const at::Tensor log_probs_MV = at::log_softmax(logits_MV, -1);
  const at::Tensor nll_M = -log_probs_MV.gather(1, targets_M.unsqueeze(1)).squeeze(1);
  return {nll_M.sum(), nll_M.detach(), logits_MV.detach().argmax(-1).eq(targets_M)};
}

}  // namespace bench::kernels
