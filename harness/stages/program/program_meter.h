// Memory of a program and all its processes while it runs, looked at from outside.
//
// The sum of the resident sets of everything that descends from this process, and the GPU memory of
// the same processes (harness/measurement/process_tree.h, gpu_memory.h). A look takes at most a
// hundredth of the time: after one that took t the next comes 100 t later, and at least 50 ms.
// Peaks between looks are not seen; the kernel's own peak of each process is (ProgramUsage).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "harness/measurement/gpu_memory.h"

namespace bench::harness {

class ProgramMeter {
 public:
  // Looks, if it is time to.
  void LookIfDue();

  int64_t peak_resident_bytes() const { return peak_resident_bytes_; }
  const GpuMemoryMeter& gpu() const { return gpu_; }

 private:
  using Clock = std::chrono::steady_clock;
  GpuMemoryMeter gpu_;
  Clock::time_point due_ = Clock::now();
  int64_t peak_resident_bytes_ = 0;
};

}  // namespace bench::harness
