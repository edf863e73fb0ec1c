// fp32 matrix products on the CPU by the faster of the two libraries inside LibTorch.
//
// c = a b^T. Where the processor has AVX-512, and the user allows it (cpu_limits.h), products of at
// least kMinOneDnnRows rows go to oneDNN, whose AVX-512 code runs on every vendor's processors
// (MKL's only on Intel's: measured 2.2 times as fast on an AMD EPYC); the rest goes to at::mm, as
// do other types and devices. Small products stay on the calling thread (parallel.h). Shapes: a_MK
// [M, K], b_NK [N, K], result [M, N]. No gradients: see linear.h. Deterministic for one thread
// count and instruction set; the choice depends on shapes only.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

namespace bench::kernels {

inline constexpr int64_t kMinOneDnnRows = 64;  // below, repacking b costs more than it saves

at::Tensor MatMulTransposed(const at::Tensor& a_MK, const at::Tensor& b_NK);

// c_MN += a b^T.
void AccumulateMatMulTransposed(const at::Tensor& a_MK, const at::Tensor& b_NK, at::Tensor& c_MN);

}  // namespace bench::kernels
