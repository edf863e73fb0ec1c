// Private to this folder: libnvidia-ml, opened at run time, and calls by the names of its symbols.
// A library, a symbol or an answer that is not there is a call that gives nothing. Source: NVML API
// reference.
#pragma once

#include <dlfcn.h>

#include <array>
#include <optional>
#include <string>

namespace bench::harness {

// From NVML's API: handles are opaque; the shape of nvmlMemory_t.
using NvmlHandle = struct NvmlDevice*;
struct NvmlMemory {
  unsigned long long total, free, used;
};

class NvmlLibrary {
 public:
  explicit NvmlLibrary(const std::string& name) : handle_(::dlopen(name.c_str(), RTLD_NOW)) {}
  ~NvmlLibrary() {
    if (handle_ != nullptr) ::dlclose(handle_);
  }
  NvmlLibrary(const NvmlLibrary&) = delete;
  NvmlLibrary& operator=(const NvmlLibrary&) = delete;

  // Calls `symbol`; false when there is no library or no symbol, or the call failed.
  template <typename... Args>
  bool Call(const char* symbol, Args... args) const {
    if (handle_ == nullptr) return false;
    auto function = reinterpret_cast<int (*)(Args...)>(::dlsym(handle_, symbol));
    constexpr int kSuccess = 0;
    return function != nullptr && function(args...) == kSuccess;
  }

  // Calls whose last arguments are a buffer and its size.
  template <typename... Args>
  std::optional<std::string> Text(const char* symbol, Args... args) const {
    std::array<char, 128> buffer = {};
    if (!Call(symbol, args..., buffer.data(), static_cast<unsigned>(buffer.size() - 1))) {
      return std::nullopt;
    }
    return std::string(buffer.data());
  }

  // Calls whose last argument points at an unsigned result.
  template <typename... Args>
  std::optional<unsigned> Number(const char* symbol, Args... args) const {
    unsigned value = 0;
    if (!Call(symbol, args..., &value)) return std::nullopt;
    return value;
  }

 private:
  void* handle_;
};

}  // namespace bench::harness
