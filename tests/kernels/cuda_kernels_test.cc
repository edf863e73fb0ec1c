#include "kernels/cuda_kernels.h"

#include <ATen/Context.h>
#include <dlfcn.h>

#include <filesystem>

#include "kernels/rms_norm.h"
#include "kernels/swiglu.h"
#include "tests/kernels/testing.h"

namespace bench::kernels {
namespace {

// LibTorch's CUDA part is not linked; it is loaded where there is a device for it.
bool HasDevice() {
  if (!std::filesystem::exists("/dev/nvidiactl")) return false;
  static const bool loaded = ::dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL) != nullptr;
  return loaded && at::hasCUDA() && HasCudaKernelFor(at::zeros({1}, at::Device("cuda:0")));
}

// `op` on the device, on inputs and results of the CPU.
TensorFunction OnDevice(const TensorFunction& op) {
  return [op](const std::vector<at::Tensor>& in) {
    std::vector<at::Tensor> moved;
    for (const at::Tensor& x : in) moved.push_back(x.to(at::Device("cuda:0")));
    return op(moved).to(at::kCPU);
  };
}

at::Tensor Norm(const std::vector<at::Tensor>& in) { return RmsNorm(in[0], in[1], 1e-5); }
at::Tensor NormReference(const std::vector<at::Tensor>& in) {
  return RmsNormReference(in[0], in[1], 1e-5);
}
at::Tensor Gate(const std::vector<at::Tensor>& in) { return SwiGlu(in[0], in[1]); }
at::Tensor GateReference(const std::vector<at::Tensor>& in) {
  return SwiGluReference(in[0], in[1]);
}

class CudaKernels : public testing::Test {
 protected:
  void SetUp() override {
    if (!HasDevice()) GTEST_SKIP() << "no CUDA device, or a build without CUDA";
  }
};

TEST_F(CudaKernels, RmsNormMatchesReferenceInDoubleWithGradients) {
  for (const int64_t n : {1, 31, 33, 257}) {
    for (const int64_t width : {2, 31, 33, 257, 1025}) {
      ExpectMatches(OnDevice(Norm), NormReference, {Random({n, width}, 1), Random({width}, 2)},
                    Tolerance(std::max(n, width), 8));
    }
  }
}

TEST_F(CudaKernels, SwiGluMatchesReferenceInDoubleWithGradients) {
  for (const int64_t n : {1, 31, 33, 257}) {
    ExpectMatches(OnDevice(Gate), GateReference, {Random({n, 33}, 1) * 4, Random({n, 33}, 2)},
                  Tolerance(1, 6));
  }
}

TEST_F(CudaKernels, RepeatBitwise) {
  ExpectRepeats(OnDevice(Norm), {Random({257, 288}, 5), Random({288}, 6)});
  ExpectRepeats(OnDevice(Gate), {Random({257, 33}, 5), Random({257, 33}, 6)});
}

TEST(CudaKernelChoice, CpuTensorsNeverTakeIt) { EXPECT_FALSE(HasCudaKernelFor(at::zeros({1}))); }

}  // namespace
}  // namespace bench::kernels
