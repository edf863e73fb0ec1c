// Memory of a program and all its processes while it runs, looked at from outside.
//
// Without a control group of the program's own: the sum of the resident sets of everything that
// descends from this process. With one: what the kernel counts in the group, each page once, and
// the largest part of mapped files that one process has resident, since the kernel counts pages of
// files for whoever read them first; of a program of one process that is its resident set too. And
// the GPU memory of the same processes (harness/measurement/process_tree.h, memory_group.h,
// gpu_memory.h).
//
// A look takes at most a hundredth of the time: after one that took t the next comes 100 t later,
// and at least 50 ms. Peaks between looks are not seen; the kernel's own peak of each process is
// (ProgramUsage).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "harness/measurement/gpu_memory.h"
#include "harness/measurement/memory_group.h"
#include "harness/measurement/process_tree.h"

namespace bench::harness {

class ProgramMeter {
 public:
  // The program is in this group, which outlives the looks.
  void CountIn(const MemoryGroup& group) { group_ = &group; }

  // Looks, if it is time to.
  void LookIfDue();

  int64_t peak_resident_bytes() const { return peak_resident_bytes_; }
  const GpuMemoryMeter& gpu() const { return gpu_; }

 private:
  using Clock = std::chrono::steady_clock;
  int64_t ResidentBytes(const ProcessTree& tree) const;

  const MemoryGroup* group_ = nullptr;
  GpuMemoryMeter gpu_;
  Clock::time_point due_ = Clock::now();
  int64_t peak_resident_bytes_ = 0;
};

}  // namespace bench::harness
