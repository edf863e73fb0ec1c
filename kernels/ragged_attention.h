// Causal attention within each sequence of a ragged batch, with grouped key/value heads.
//
// For the queries i and keys j <= i of one sequence, query head h and its key/value head
// g = h / (H / G):  o[i, h] = sum_j softmax_j(q[i, h] . k[j, g] / sqrt(d)) v[j, g].
// Shapes: q_NHd [N, H, d], k_NGd and v_NGd [N, G, d], result [N, H, d]; `offsets` as in the batch
// (B + 1 row numbers). Sequences may be of any length >= 1.
// fp32 on the CPU is fused: blocks of queries, only keys up to the diagonal, O(block x length)
// memory; the forward saves the log-sum-exp of each row and the backward recomputes probabilities.
// One task a (sequence, key/value head) writes its gradients alone: no atomics, deterministic.
// fp64 runs the reference; everything else LibTorch's scaled_dot_product_attention, neighbours of
// one length together. Differentiable in q, k, v.
// Errors: TORCH_CHECK on shapes, dtypes and offsets.
// Source: Dao, arXiv:2307.08691 (algorithms 1 and 2), Ainslie et al., arXiv:2305.13245.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

namespace bench::kernels {

struct AttentionInputs {
  at::Tensor q_NHd, k_NGd, v_NGd;
};

at::Tensor RaggedAttention(const AttentionInputs& inputs, const std::vector<int64_t>& offsets);

// Plain ATen, one sequence after another; the oracle of the tests and the fallback.
at::Tensor RaggedAttentionReference(const AttentionInputs& inputs,
                                    const std::vector<int64_t>& offsets);

}  // namespace bench::kernels
