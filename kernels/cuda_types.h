// Types shared by the CUDA launchers and their callers. No Torch, no CUDA headers.
#pragma once

namespace bench::kernels {

enum class ElementType { kFloat32, kBFloat16 };

// A cudaStream_t, opaque to code that does not see the CUDA headers.
using CudaStream = void*;

// Empty, or the CUDA error of a launch in words.
struct LaunchResult {
  const char* error = nullptr;
  bool ok() const { return error == nullptr; }
};

}  // namespace bench::kernels
