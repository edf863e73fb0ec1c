#include "base/quick_exit.h"

#include <cstdio>
#include <cstdlib>
#include <initializer_list>

namespace bench {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

bool AToolIsLoaded() {
  for (const char* name : {"LD_PRELOAD", "NVTX_INJECTION64_PATH", "CUDA_INJECTION64_PATH"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return true;
  }
  return false;
}

}  // namespace

void QuickExit(int exit_code) {
  if (kSanitized || AToolIsLoaded()) std::exit(exit_code);
  std::fflush(nullptr);
  std::_Exit(exit_code);
}

}  // namespace bench
