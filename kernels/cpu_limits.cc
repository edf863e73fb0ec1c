#include "kernels/cpu_limits.h"

#include <strings.h>

#include <algorithm>
#include <cstdlib>
#include <initializer_list>

namespace bench::kernels {
namespace {

// oneDNN reads its values in either case.
bool IsOneOf(const char* value, std::initializer_list<const char*> names) {
  return value != nullptr && std::any_of(names.begin(), names.end(), [value](const char* name) {
           return ::strcasecmp(value, name) == 0;
         });
}

}  // namespace

CpuLimits CpuLimits::OfEnvironment() {
  return {std::getenv("ONEDNN_MAX_CPU_ISA"), std::getenv("DNNL_MAX_CPU_ISA"),
          std::getenv("ATEN_CPU_CAPABILITY")};
}

bool AllowAvx512(const CpuLimits& limits) {
  const char* isa = limits.onednn != nullptr ? limits.onednn : limits.dnnl;
  return !IsOneOf(isa, {"SSE41", "AVX", "AVX2", "AVX2_VNNI", "AVX2_VNNI_2"}) &&
         !IsOneOf(limits.aten, {"default", "avx2"});
}

}  // namespace bench::kernels
