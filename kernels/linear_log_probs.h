// Log-probabilities of chosen tokens under a linear head, without materialising the logits.
//
// With z = hidden * weight^T [M, V] and p = softmax(z):
//   log_probs[m] = z[m, target[m]] - log sum_v exp(z[m, v])
//   entropy[m]   = -sum_v p[m, v] log p[m, v]                                            [nats]
// For a temperature T pass hidden / T. Shapes: hidden_MD [M, D], weight_VD [V, D], targets_M int64
// in [0, V); M may be 0. Unlike LinearCrossEntropy every row has a gradient of its own, known only
// in the backward pass, so that pass computes the logits again, a block of rows at a time
// (logit_blocks.h): one more product of the head, and never more than ~8 MiB of logits.
// fp32 on the CPU is fused; everything else runs the reference on blocks. Of bf16 inputs the
// products are bf16; the rest, the results among it, and the sum of the weight's gradient over
// blocks are fp32 (a log-probability of 5 nats in bf16 would be wrong by 0.01). Deterministic, and
// the same bits with and without gradients. Errors: TORCH_CHECK on shapes, dtypes and targets.
#pragma once

#include <ATen/ATen.h>

namespace bench::kernels {

struct TokenLogProbs {
  at::Tensor log_probs_M;  // differentiable in hidden and weight; fp64 for fp64, else fp32
  at::Tensor entropy_M;    // detached; of that type
};

TokenLogProbs LinearLogProbs(const at::Tensor& hidden_MD, const at::Tensor& weight_VD,
                             const at::Tensor& targets_M);

// Plain ATen with full logits; the oracle of the tests.
TokenLogProbs LinearLogProbsReference(const at::Tensor& hidden_MD, const at::Tensor& weight_VD,
                                      const at::Tensor& targets_M);

}  // namespace bench::kernels
