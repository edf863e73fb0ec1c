// The CUDA side of the operations as their .cc files see it. Without a CUDA toolkit cuda_launch.cc
// is replaced by no_cuda.cc, whose HasCudaKernelFor is always false.
// Launches go to the current stream of the tensors' device; a launch error is a TORCH_CHECK error.
#pragma once

#include <ATen/ATen.h>

#include <vector>

namespace bench::kernels {

// Whether the fused CUDA kernels of this build take `tensor` (CUDA; fp32 or bf16).
bool HasCudaKernelFor(const at::Tensor& tensor);

struct RmsNormOutputs {
  at::Tensor y_ND;
  at::Tensor inverse_rms_N;  // fp32
};

void LaunchRmsNormForward(const at::Tensor& x_ND, const at::Tensor& weight_D, double eps,
                          RmsNormOutputs& out);
// `saved` = {x, weight, inverse_rms}; partial_KD [K, D] fp32 gets one row per block of
// kRmsNormBlockRows rows.
void LaunchRmsNormBackward(const at::Tensor& grad_ND, const std::vector<at::Tensor>& saved,
                           at::Tensor& grad_x_ND, at::Tensor& partial_KD);

void LaunchSwiGluForward(const at::Tensor& gate_NF, const at::Tensor& up_NF, at::Tensor& y_NF);
// `saved` = {gate, up}.
void LaunchSwiGluBackward(const at::Tensor& grad_NF, const std::vector<at::Tensor>& saved,
                          at::Tensor& grad_gate_NF, at::Tensor& grad_up_NF);

}  // namespace bench::kernels
