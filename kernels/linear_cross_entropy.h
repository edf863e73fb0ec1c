// Cross-entropy of a linear head without materialising the logits.
//
// With z = hidden * weight^T [M, V]: nll[m] = log sum_v exp(z[m, v]) - z[m, target[m]] and
// loss_sum = sum_m nll[m]. The caller divides by its denominator (the number of target tokens in
// the whole accumulation window), which scales the gradients.
// Shapes: hidden_MD [M, D], weight_VD [V, D], targets_M int64 in [0, V); M may be 0 (loss 0).
// Works on blocks of rows: at most ~8 MiB of logits exist. When gradients are wanted, the forward
// computes them in the same pass (softmax - one-hot), the backward only scales them and can run
// once. Log-sum-exp in fp32, the sum of rows in fp64 in order: deterministic. fp32 on the CPU is
// fused; everything else runs the reference on blocks. Of bf16 inputs the products are bf16; the
// rest, and the sum of the weight's gradient over blocks, are fp32. Errors: TORCH_CHECK on shapes,
// dtypes and targets. Source: Wijmans et al., arXiv:2411.09009 (the idea); gradients in the forward
// as in Liger.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

namespace bench::kernels {

struct CrossEntropy {
  at::Tensor loss_sum;   // scalar, differentiable in hidden and weight; fp64 for fp64, else fp32
  at::Tensor nll_M;      // per row, detached; of that type
  at::Tensor correct_M;  // bool: the target has the largest logit (lowest id among equals)
};

CrossEntropy LinearCrossEntropy(const at::Tensor& hidden_MD, const at::Tensor& weight_VD,
                                const at::Tensor& targets_M);

// The loss alone.
at::Tensor LinearCrossEntropySum(const at::Tensor& hidden_MD, const at::Tensor& weight_VD,
                                 const at::Tensor& targets_M);

// Plain ATen with full logits; the oracle of the tests.
CrossEntropy LinearCrossEntropyReference(const at::Tensor& hidden_MD, const at::Tensor& weight_VD,
                                         const at::Tensor& targets_M);

}  // namespace bench::kernels
