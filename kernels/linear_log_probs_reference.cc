#include "kernels/linear_log_probs.h"
#include "kernels/logit_blocks.h"

namespace bench::kernels {

TokenLogProbs LinearLogProbsReference(const at::Tensor& hidden_MD, const at::Tensor& weight_VD,
                                      const at::Tensor& targets_M) {
  const at::Tensor logits_MV = at::matmul(hidden_MD, weight_VD.t()).to(TypeOfLogits(hidden_MD));
  const at::Tensor log_probs_MV = at::log_softmax(logits_MV, -1);
  const at::Tensor plain_MV = log_probs_MV.detach();
  return {log_probs_MV.gather(1, targets_M.unsqueeze(1)).squeeze(1),
          -(plain_MV.exp() * plain_MV).sum(1)};
}

}  // namespace bench::kernels
