// Which instruction sets the user lets libraries use.
//
// A user limits oneDNN by ONEDNN_MAX_CPU_ISA (before oneDNN 2: DNNL_MAX_CPU_ISA) and LibTorch's own
// loops by ATEN_CPU_CAPABILITY, so that one machine can stand for several classes. What chooses
// between libraries by what the processor can must follow them. Source: oneDNN's developer guide,
// "CPU dispatcher control"; LibTorch's ATen/native/DispatchStub.cpp.
#pragma once

namespace bench::kernels {

struct CpuLimits {
  // Values of the variables; null where they are not set.
  const char* onednn = nullptr;
  const char* dnnl = nullptr;
  const char* aten = nullptr;

  static CpuLimits OfEnvironment();
};

// Whether none of them forbids AVX-512. Unknown values forbid nothing, as the libraries have it.
bool AllowAvx512(const CpuLimits& limits);

}  // namespace bench::kernels
