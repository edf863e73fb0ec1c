// Rotary position embedding, half-split: pairs (i, i + w/2) of the first w <= d columns of a head.
//
// With c = cos[p], s = sin[p], p = positions[n]:
//   y[n, h, i]       = x[n, h, i] * c[i] - x[n, h, i + w/2] * s[i]
//   y[n, h, i + w/2] = x[n, h, i + w/2] * c[i] + x[n, h, i] * s[i]     for i < w/2,
// and y = x in the columns from w on (w = d: none).
// Shapes: x_NHd [N, H, d], positions_N int64 in [0, P), tables [P, w/2] in x's dtype.
// fp32 on the CPU is fused; everything else runs the reference. Differentiable in x (the backward
// rotates by -angle). Deterministic.
// Errors: TORCH_CHECK on shapes, dtypes and positions.
// Source: Su et al., arXiv:2104.09864, equation 34, in the pairing of GPT-NeoX and LLaMA weights.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

namespace bench::kernels {

struct RopeTables {
  at::Tensor cos_Pd;  // [P, w/2]
  at::Tensor sin_Pd;
};

// 1 / theta^(2i/w), [w/2] in fp32 on the CPU. `width` is even.
at::Tensor RopeFrequencies(int64_t width, double theta);

// Angles p f, computed in fp32 as transformers does, so that long contexts agree; on the host, so
// that every device has the same.
RopeTables MakeRopeTables(int64_t max_positions, const at::Tensor& frequencies,
                          const at::TensorOptions& options);
struct RopeShape {
  int64_t max_positions = 0;
  int64_t head_dim = 0;  // w
};
RopeTables MakeRopeTables(const RopeShape& shape, double theta, const at::TensorOptions& options);

at::Tensor Rope(const at::Tensor& x_NHd, const at::Tensor& positions_N, const RopeTables& tables);

// Plain ATen; the oracle of the tests and the fallback.
at::Tensor RopeReference(const at::Tensor& x_NHd, const at::Tensor& positions_N,
                         const RopeTables& tables);

}  // namespace bench::kernels
