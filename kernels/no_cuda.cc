// Takes the place of cuda_launch.cc and the .cu files in builds without a CUDA toolkit.
#include "kernels/cuda_kernels.h"

namespace bench::kernels {
namespace {

[[noreturn]] void NotBuilt() { TORCH_CHECK(false, "CUDA kernels are not part of this build"); }

}  // namespace

bool HasCudaKernelFor(const at::Tensor& /*tensor*/) { return false; }

void LaunchRmsNormForward(const at::Tensor&, const at::Tensor&, double, RmsNormOutputs&) {
  NotBuilt();
}
void LaunchRmsNormBackward(const at::Tensor&, const std::vector<at::Tensor>&, at::Tensor&,
                           at::Tensor&) {
  NotBuilt();
}
void LaunchSwiGluForward(const at::Tensor&, const at::Tensor&, at::Tensor&) { NotBuilt(); }
void LaunchSwiGluBackward(const at::Tensor&, const std::vector<at::Tensor>&, at::Tensor&,
                          at::Tensor&) {
  NotBuilt();
}

}  // namespace bench::kernels
