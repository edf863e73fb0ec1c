#include "harness/measurement/gpu.h"

#include <dlfcn.h>

#include <array>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace bench::harness {
namespace {

// From NVML's API: 0 is success; handles are opaque; clock types and the shape of nvmlMemory_t.
constexpr int kSuccess = 0;
constexpr unsigned kClockSm = 1;
constexpr unsigned kClockMemory = 2;
constexpr unsigned kPolicyThermal = 1;
using Device = struct NvmlDevice*;
struct NvmlMemory {
  unsigned long long total, free, used;
};

struct NvmlViolationTime {
  unsigned long long reference_us, violation_ns;
};

class Library {
 public:
  explicit Library(const std::string& name) : handle_(::dlopen(name.c_str(), RTLD_NOW)) {}
  ~Library() {
    if (handle_ != nullptr) ::dlclose(handle_);
  }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  // Calls `symbol`; false when there is no library or no symbol, or the call failed.
  template <typename... Args>
  bool Call(const char* symbol, Args... args) const {
    if (handle_ == nullptr) return false;
    auto function = reinterpret_cast<int (*)(Args...)>(::dlsym(handle_, symbol));
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

// Calls that give a current and a pending mode.
std::optional<bool> CurrentMode(const Library& nvml, const char* symbol, Device device) {
  unsigned current = 0, pending = 0;
  if (!nvml.Call(symbol, device, &current, &pending)) return std::nullopt;
  return current != 0;
}

std::optional<std::string> CudaVersion(const Library& nvml) {
  int version = 0;  // 1000 * major + 10 * minor
  if (!nvml.Call("nvmlSystemGetCudaDriverVersion_v2", &version)) return std::nullopt;
  return absl::StrCat(version / 1000, ".", version % 1000 / 10);
}

GpuDevice ReadDevice(const Library& nvml, Device device) {
  GpuDevice gpu;
  gpu.name = nvml.Text("nvmlDeviceGetName", device);
  gpu.uuid = nvml.Text("nvmlDeviceGetUUID", device);
  gpu.vbios = nvml.Text("nvmlDeviceGetVbiosVersion", device);
  gpu.ecc_enabled = CurrentMode(nvml, "nvmlDeviceGetEccMode", device);
  gpu.mig_enabled = CurrentMode(nvml, "nvmlDeviceGetMigMode", device);
  if (auto milliwatts = nvml.Number("nvmlDeviceGetEnforcedPowerLimit", device)) {
    gpu.power_limit_watts = *milliwatts / 1000.0;
  }
  gpu.sm_clock_mhz = nvml.Number("nvmlDeviceGetClockInfo", device, kClockSm);
  gpu.memory_clock_mhz = nvml.Number("nvmlDeviceGetClockInfo", device, kClockMemory);
  gpu.max_sm_clock_mhz = nvml.Number("nvmlDeviceGetMaxClockInfo", device, kClockSm);
  gpu.max_memory_clock_mhz = nvml.Number("nvmlDeviceGetMaxClockInfo", device, kClockMemory);
  NvmlMemory memory = {};
  if (nvml.Call("nvmlDeviceGetMemoryInfo", device, &memory)) {
    gpu.memory_bytes = static_cast<int64_t>(memory.total);
  }
  NvmlViolationTime throttled = {};
  if (nvml.Call("nvmlDeviceGetViolationStatus", device, kPolicyThermal, &throttled)) {
    gpu.thermal_throttle_ns = static_cast<int64_t>(throttled.violation_ns);
  }
  return gpu;
}

}  // namespace

GpuInventory ReadGpus(const std::string& library) {
  GpuInventory inventory;
  const Library nvml(library);
  if (!nvml.Call("nvmlInit_v2")) return inventory;
  absl::Cleanup shutdown = [&] { nvml.Call("nvmlShutdown"); };
  inventory.driver_version = nvml.Text("nvmlSystemGetDriverVersion");
  inventory.cuda_driver_version = CudaVersion(nvml);
  const unsigned count = nvml.Number("nvmlDeviceGetCount_v2").value_or(0);
  for (unsigned i = 0; i < count; ++i) {
    Device device = nullptr;
    if (!nvml.Call("nvmlDeviceGetHandleByIndex_v2", i, &device)) continue;
    inventory.devices.push_back(ReadDevice(nvml, device));
  }
  return inventory;
}

}  // namespace bench::harness
