#include "kernels/cpu_limits.h"

#include <strings.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

namespace bench::kernels {
namespace {

// Libraries read their values in either case; what follows a comma in one is no instruction set.
bool IsOneOf(const char* value, std::initializer_list<const char*> names) {
  if (value == nullptr) return false;
  const size_t length = std::strcspn(value, ",");
  return std::any_of(names.begin(), names.end(), [&](const char* name) {
    return std::strlen(name) == length && ::strncasecmp(value, name, length) == 0;
  });
}

}  // namespace

CpuLimits CpuLimits::OfEnvironment() {
  return {std::getenv("ONEDNN_MAX_CPU_ISA"), std::getenv("DNNL_MAX_CPU_ISA"),
          std::getenv("ATEN_CPU_CAPABILITY"), std::getenv("MKL_ENABLE_INSTRUCTIONS"),
          std::getenv("MKL_CBWR")};
}

bool AllowAvx512(const CpuLimits& limits) {
  const char* isa = limits.onednn != nullptr ? limits.onednn : limits.dnnl;
  return !IsOneOf(isa, {"SSE41", "AVX", "AVX2", "AVX2_VNNI", "AVX2_VNNI_2"}) &&
         !IsOneOf(limits.aten, {"default", "avx2"}) &&
         !IsOneOf(limits.mkl, {"SSE4_2", "AVX", "AVX2", "AVX2_E1"}) &&
         !IsOneOf(limits.mkl_cbwr,
                  {"COMPATIBLE", "SSE2", "SSE3", "SSSE3", "SSE4_1", "SSE4_2", "AVX", "AVX2"});
}

}  // namespace bench::kernels
