// Which instruction sets the user lets libraries use.
//
// A user limits oneDNN by ONEDNN_MAX_CPU_ISA (before oneDNN 2: DNNL_MAX_CPU_ISA), LibTorch's own
// loops by ATEN_CPU_CAPABILITY, and MKL by MKL_ENABLE_INSTRUCTIONS, or by MKL_CBWR to the bits of
// an instruction set, so that one machine can stand for several classes. What chooses between
// libraries by what the processor can must follow them: a limit of one is a limit of the choice,
// since the other library would go past it. Source: oneDNN's developer guide, "CPU dispatcher
// control"; LibTorch's ATen/native/DispatchStub.cpp; MKL's developer guide, "Instruction Set
// Specific Dispatching" and "Conditional Numerical Reproducibility".
#pragma once

namespace bench::kernels {

struct CpuLimits {
  // Values of the variables; null where they are not set.
  const char* onednn = nullptr;
  const char* dnnl = nullptr;
  const char* aten = nullptr;
  const char* mkl = nullptr;
  const char* mkl_cbwr = nullptr;  // "AVX2", or with a mode behind it: "AVX2,STRICT"

  static CpuLimits OfEnvironment();
};

// Whether none of them forbids AVX-512. Unknown values forbid nothing, as the libraries have it.
bool AllowAvx512(const CpuLimits& limits);

}  // namespace bench::kernels
