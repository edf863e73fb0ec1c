// Tensors to raw launches. The stream comes through c10's device interface, so that this library
// does not link LibTorch's CUDA part, which is loaded only when a CUDA device is used.
#include <c10/core/DeviceGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include "kernels/cuda_kernels.h"
#include "kernels/rms_norm_cuda.h"
#include "kernels/rms_norm_kernels.h"
#include "kernels/swiglu_cuda.h"

namespace bench::kernels {
namespace {

CudaStream CurrentStream(const at::Tensor& tensor) {
  const c10::impl::VirtualGuardImpl guard(c10::DeviceType::CUDA);
  return guard.getStreamNativeHandle(guard.getStream(tensor.device()));
}

ElementType TypeOf(const at::Tensor& tensor) {
  return tensor.scalar_type() == at::kBFloat16 ? ElementType::kBFloat16 : ElementType::kFloat32;
}

void Check(const char* op, const LaunchResult& result) {
  TORCH_CHECK(result.ok(), op, ": the launch failed: ", result.error);
}

}  // namespace

bool HasCudaKernelFor(const at::Tensor& tensor) {
  return tensor.is_cuda() &&
         (tensor.scalar_type() == at::kFloat || tensor.scalar_type() == at::kBFloat16);
}

void LaunchRmsNormForward(const at::Tensor& x_ND, const at::Tensor& weight_D, double eps,
                          RmsNormOutputs& out) {
  const c10::DeviceGuard device(x_ND.device());
  RmsNormCudaForward args;
  args.type = TypeOf(x_ND);
  args.x = x_ND.const_data_ptr();
  args.weight = weight_D.const_data_ptr();
  args.y = out.y_ND.mutable_data_ptr();
  args.inverse_rms = out.inverse_rms_N.mutable_data_ptr<float>();
  args.rows = x_ND.size(0);
  args.width = x_ND.size(1);
  args.eps = static_cast<float>(eps);
  args.stream = CurrentStream(x_ND);
  Check("RmsNorm", RmsNormForwardCuda(args));
}

void LaunchRmsNormBackward(const at::Tensor& grad_ND, const std::vector<at::Tensor>& saved,
                           at::Tensor& grad_x_ND, at::Tensor& partial_KD) {
  const c10::DeviceGuard device(grad_ND.device());
  RmsNormCudaBackward args;
  args.type = TypeOf(grad_ND);
  args.grad_y = grad_ND.const_data_ptr();
  args.x = saved[0].const_data_ptr();
  args.weight = saved[1].const_data_ptr();
  args.inverse_rms = saved[2].const_data_ptr<float>();
  args.grad_x = grad_x_ND.mutable_data_ptr();
  args.partial = partial_KD.mutable_data_ptr<float>();
  args.rows = grad_ND.size(0);
  args.width = grad_ND.size(1);
  args.block_rows = kRmsNormBlockRows;
  args.stream = CurrentStream(grad_ND);
  Check("RmsNorm backward", RmsNormBackwardCuda(args));
}

void LaunchSwiGluForward(const at::Tensor& gate_NF, const at::Tensor& up_NF, at::Tensor& y_NF) {
  const c10::DeviceGuard device(gate_NF.device());
  SwiGluCudaForward args;
  args.type = TypeOf(gate_NF);
  args.gate = gate_NF.const_data_ptr();
  args.up = up_NF.const_data_ptr();
  args.y = y_NF.mutable_data_ptr();
  args.count = gate_NF.numel();
  args.stream = CurrentStream(gate_NF);
  Check("SwiGlu", SwiGluForwardCuda(args));
}

void LaunchSwiGluBackward(const at::Tensor& grad_NF, const std::vector<at::Tensor>& saved,
                          at::Tensor& grad_gate_NF, at::Tensor& grad_up_NF) {
  const c10::DeviceGuard device(grad_NF.device());
  SwiGluCudaBackward args;
  args.type = TypeOf(grad_NF);
  args.grad_y = grad_NF.const_data_ptr();
  args.gate = saved[0].const_data_ptr();
  args.up = saved[1].const_data_ptr();
  args.grad_gate = grad_gate_NF.mutable_data_ptr();
  args.grad_up = grad_up_NF.mutable_data_ptr();
  args.count = grad_NF.numel();
  args.stream = CurrentStream(grad_NF);
  Check("SwiGlu backward", SwiGluBackwardCuda(args));
}

}  // namespace bench::kernels
