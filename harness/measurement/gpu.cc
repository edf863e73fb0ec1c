#include "harness/measurement/gpu.h"

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "harness/measurement/nvml_library.h"

namespace bench::harness {
namespace {

constexpr unsigned kClockSm = 1;
constexpr unsigned kClockMemory = 2;
constexpr unsigned kPolicyThermal = 1;
using Device = NvmlHandle;
using Library = NvmlLibrary;
struct NvmlViolationTime {
  unsigned long long reference_us, violation_ns;
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
