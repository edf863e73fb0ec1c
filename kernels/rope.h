// Rotary position embedding, half-split: pairs (i, i + d/2).
//
// With c = cos[p], s = sin[p], p = positions[n]:
//   y[n, h, i]       = x[n, h, i] * c[i] - x[n, h, i + d/2] * s[i]
//   y[n, h, i + d/2] = x[n, h, i + d/2] * c[i] + x[n, h, i] * s[i]     for i < d/2.
// Shapes: x_NHd [N, H, d], positions_N int64 in [0, P), tables [P, d/2] in x's dtype.
// fp32 on the CPU is fused; everything else runs the reference. Differentiable in x (the backward
// rotates by -angle). Deterministic.
// Errors: TORCH_CHECK on shapes, dtypes and positions.
// Source: Su et al., arXiv:2104.09864, equation 34, in the pairing of GPT-NeoX and LLaMA weights.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

namespace bench::kernels {

struct RopeTables {
  at::Tensor cos_Pd;  // [P, d/2]
  at::Tensor sin_Pd;
};

// Angles p / theta^(2i/d), computed in fp32 as transformers does, so that long contexts agree.
struct RopeShape {
  int64_t max_positions = 0;
  int64_t head_dim = 0;
};
RopeTables MakeRopeTables(const RopeShape& shape, double theta, const at::TensorOptions& options);

at::Tensor Rope(const at::Tensor& x_NHd, const at::Tensor& positions_N, const RopeTables& tables);

// Plain ATen; the oracle of the tests and the fallback.
at::Tensor RopeReference(const at::Tensor& x_NHd, const at::Tensor& positions_N,
                         const RopeTables& tables);

}  // namespace bench::kernels
