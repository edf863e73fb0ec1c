// Root-mean-square normalisation.
//
// y = x * r * w with r = 1 / sqrt(mean(x^2) + eps), per row.
// Shapes: x_ND [N, D], weight_D [D], result [N, D]; one floating dtype.
// fp32 on the CPU and fp32/bf16 on CUDA are fused; other types run the reference. Sums are
// accumulated in fp32 (fp64 for fp64). Differentiable in x and w. Deterministic: the weight's
// gradient is summed over fixed blocks of rows in order.
// Errors: TORCH_CHECK on shapes and dtypes.
// Source: Zhang and Sennrich, arXiv:1910.07467, equation 4.
#pragma once

#include <ATen/ATen.h>

namespace bench::kernels {

at::Tensor RmsNorm(const at::Tensor& x_ND, const at::Tensor& weight_D, double eps);

// Plain ATen; the oracle of the tests and the fallback.
at::Tensor RmsNormReference(const at::Tensor& x_ND, const at::Tensor& weight_D, double eps);

}  // namespace bench::kernels
