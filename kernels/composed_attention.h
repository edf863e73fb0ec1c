// Attention for what no fused kernel covers: a bias of the scores, a prefix that all rows see, a
// window, queries that continue cached keys; composed of matrix products.
//
// Query i of a span is at position p = num_keys - num_queries + i and sees the keys j <= p, with a
// window only those with j > p - window, and, of the prefix, j < prefix. Query head h, with its
// key/value head g = h / (H / G):
//   o[i, h] = sum_j softmax_j(scale q[i, h] . k[j, g] + bias[h, j]) v[j, g].
// Shapes: q_NHd [N, H, d], k_NGd and v_NGd [C, G, d], result [N, H, d]; bias [H, P], P at least the
// longest num_keys, in fp32 (fp64 with fp64), without gradient. The spans' queries are the rows of
// q in order. Sums and probabilities in fp32 (fp64 with fp64). Memory: blocks of queries, of which
// the backward pass computes the probabilities again; q, k and v are kept. Differentiable in them.
// Deterministic. Any device. Errors: TORCH_CHECK on shapes, types and spans.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

#include "kernels/ragged_attention.h"

namespace bench::kernels {

struct AttentionSpan {
  int64_t q_begin = 0, num_queries = 0;  // rows of q
  int64_t k_begin = 0, num_keys = 0;     // rows of k and v; the queries are the last of these
  int64_t prefix = 0;                    // at most num_keys
};

struct ScoreForm {
  double scale = 1;
  at::Tensor bias_HP;  // undefined: none
  int64_t window = 0;  // last keys that a query sees, its own among them; 0: all
};

at::Tensor ComposedAttention(const AttentionInputs& inputs, const std::vector<AttentionSpan>& spans,
                             const ScoreForm& form);

// Plain ATen with its autograd, a whole sequence at a time; the oracle of the tests.
at::Tensor ComposedAttentionReference(const AttentionInputs& inputs,
                                      const std::vector<AttentionSpan>& spans,
                                      const ScoreForm& form);

}  // namespace bench::kernels
