// NVIDIA GPUs as NVML reports them; needs no CUDA, and neither a GPU nor NVML has to exist.
//
// libnvidia-ml is opened at run time. What the library or the driver does not report is absent.
// Units are in the names. Errors: none; no library, no driver and no GPU all give no devices.
// Source: NVML API reference (the symbols and their versioned names).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bench::harness {

struct GpuDevice {
  std::optional<std::string> name, uuid, vbios;
  std::optional<bool> ecc_enabled, mig_enabled;
  std::optional<double> power_limit_watts;
  std::optional<int64_t> sm_clock_mhz, memory_clock_mhz;          // at the time of reading
  std::optional<int64_t> max_sm_clock_mhz, max_memory_clock_mhz;  // what the device can reach
  std::optional<int64_t> memory_bytes;
  std::optional<int64_t> thermal_throttle_ns;  // slowed by heat since the driver was loaded
};

struct GpuInventory {
  std::optional<std::string> driver_version;
  std::optional<std::string> cuda_driver_version;  // newest CUDA that the driver supports, "13.0"
  std::vector<GpuDevice> devices;
};

inline constexpr char kNvmlLibrary[] = "libnvidia-ml.so.1";
GpuInventory ReadGpus(const std::string& library = kNvmlLibrary);

}  // namespace bench::harness
