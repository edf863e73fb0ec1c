// A linear layer without bias: y = x W^T.
//
// Shapes: x_ND [N, D], weight_ED [E, D], result [N, E]; one floating dtype. Products as in
// matmul.h. Differentiable in both: grad_x = grad_y W, grad_W = grad_y^T x. Deterministic. Errors:
// TORCH_CHECK on shapes and dtypes.
#pragma once

#include <ATen/ATen.h>

namespace bench::kernels {

at::Tensor Linear(const at::Tensor& x_ND, const at::Tensor& weight_ED);

// Plain ATen; the oracle of the tests.
at::Tensor LinearReference(const at::Tensor& x_ND, const at::Tensor& weight_ED);

}  // namespace bench::kernels
