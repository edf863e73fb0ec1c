// The gated activation of LLaMA's feed-forward block.
//
// y = silu(gate) * up with silu(z) = z / (1 + exp(-z)), elementwise.
// Shapes: gate_NF, up_NF and the result [N, F]; one floating dtype.
// fp32 on the CPU and fp32/bf16 on CUDA are fused (computed in fp32); other types run the
// reference. Differentiable in both. Deterministic.
// Errors: TORCH_CHECK on shapes and dtypes.
// Source: Shazeer, arXiv:2002.05202, equation 5.
#pragma once

#include <ATen/ATen.h>

namespace bench::kernels {

at::Tensor SwiGlu(const at::Tensor& gate_NF, const at::Tensor& up_NF);

// Plain ATen; the oracle of the tests and the fallback.
at::Tensor SwiGluReference(const at::Tensor& gate_NF, const at::Tensor& up_NF);

}  // namespace bench::kernels
