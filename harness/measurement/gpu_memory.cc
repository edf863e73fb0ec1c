#include "harness/measurement/gpu_memory.h"

#include <algorithm>
#include <array>

#include "harness/measurement/nvml_library.h"

namespace bench::harness {
namespace {

// nvmlProcessInfo_t of the symbols with _v3 and _v2.
struct NvmlProcess {
  unsigned pid;
  unsigned long long used_bytes;  // all ones: not known
  unsigned gpu_instance, compute_instance;
};

constexpr size_t kMaxProcesses = 256;

std::vector<NvmlProcess> ProcessesOn(const NvmlLibrary& nvml, NvmlHandle device) {
  std::array<NvmlProcess, kMaxProcesses> found = {};
  for (const char* symbol :
       {"nvmlDeviceGetComputeRunningProcesses_v3", "nvmlDeviceGetComputeRunningProcesses_v2"}) {
    auto count = static_cast<unsigned>(found.size());
    if (nvml.Call(symbol, device, &count, found.data())) {
      return {found.begin(), found.begin() + std::min<size_t>(count, found.size())};
    }
  }
  return {};
}

}  // namespace

struct GpuMemoryMeter::State {
  NvmlLibrary nvml;
  std::vector<NvmlHandle> devices;
  int64_t used_before = 0;
  int64_t peak_of_processes = 0, peak_growth = 0;

  explicit State(const std::string& library) : nvml(library) {
    if (!nvml.Call("nvmlInit_v2")) return;
    const unsigned count = nvml.Number("nvmlDeviceGetCount_v2").value_or(0);
    for (unsigned i = 0; i < count; ++i) {
      NvmlHandle device = nullptr;
      if (nvml.Call("nvmlDeviceGetHandleByIndex_v2", i, &device)) devices.push_back(device);
    }
    used_before = UsedBytes();
  }
  ~State() { nvml.Call("nvmlShutdown"); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  int64_t UsedBytes() const {
    int64_t used = 0;
    for (NvmlDevice* const device : devices) {
      NvmlMemory memory = {};
      if (nvml.Call("nvmlDeviceGetMemoryInfo", device, &memory)) {
        used += static_cast<int64_t>(memory.used);
      }
    }
    return used;
  }

  int64_t BytesOf(const std::vector<pid_t>& processes) const {
    constexpr unsigned long long kUnknown = ~0ULL;
    int64_t bytes = 0;
    for (NvmlDevice* const device : devices) {
      for (const NvmlProcess& process : ProcessesOn(nvml, device)) {
        const bool is_one = std::find(processes.begin(), processes.end(),
                                      static_cast<pid_t>(process.pid)) != processes.end();
        if (is_one && process.used_bytes != kUnknown) {
          bytes += static_cast<int64_t>(process.used_bytes);
        }
      }
    }
    return bytes;
  }
};

GpuMemoryMeter::GpuMemoryMeter(const std::string& library)
    : state_(std::make_unique<State>(library)) {}
GpuMemoryMeter::~GpuMemoryMeter() = default;

void GpuMemoryMeter::Sample(const std::vector<pid_t>& processes) {
  if (state_->devices.empty()) return;
  state_->peak_of_processes = std::max(state_->peak_of_processes, state_->BytesOf(processes));
  state_->peak_growth = std::max(state_->peak_growth, state_->UsedBytes() - state_->used_before);
}

GpuMemoryBasis GpuMemoryMeter::basis() const {
  return state_->peak_of_processes > 0 ? GpuMemoryBasis::kProcesses : GpuMemoryBasis::kGrowth;
}

std::optional<int64_t> GpuMemoryMeter::peak_bytes() const {
  const int64_t peak = std::max<int64_t>(
      0, basis() == GpuMemoryBasis::kProcesses ? state_->peak_of_processes : state_->peak_growth);
  return peak == 0 ? std::nullopt : std::optional(peak);
}

}  // namespace bench::harness
