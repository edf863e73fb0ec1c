// Memory of NVIDIA GPUs that some processes hold, as NVML reports it, and the largest sum that was
// seen. Needs no CUDA; without NVML or a GPU nothing is measured.
//
// A sample is the sum over all GPUs of what NVML says that these processes hold (contexts
// included). Where it lists other process numbers than ours (a container with numbers of its own),
// it is the growth of the GPUs' used memory since the meter was made, in which other programs
// count. Errors: none; what the driver does not report is absent. Source: NVML API reference.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/measurement/gpu.h"

namespace bench::harness {

enum class GpuMemoryBasis { kProcesses, kGrowth };

class GpuMemoryMeter {
 public:
  explicit GpuMemoryMeter(const std::string& library = kNvmlLibrary);
  ~GpuMemoryMeter();
  GpuMemoryMeter(const GpuMemoryMeter&) = delete;
  GpuMemoryMeter& operator=(const GpuMemoryMeter&) = delete;

  void Sample(const std::vector<pid_t>& processes);
  // The largest sum; absent where nothing could be read, and of processes that never held any.
  std::optional<int64_t> peak_bytes() const;
  GpuMemoryBasis basis() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bench::harness
