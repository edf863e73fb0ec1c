// What the machine did to a run's times, where it says so: how often the kernel counted a processor
// as throttled by heat, how long the driver counted GPUs as slowed by it (of a run on one; all of
// the machine's: the job of another heats ours), and how often this process waited for a page from
// the disk (a cold cache).
//
// Counters since the machine, and the process, began; a run takes the difference. Throttling is
// the sum of core_throttle_count over all processors, absent where the kernel does not count it
// (other processors than Intel's, most virtual machines). Errors: none. Sources: the kernel's
// arch/x86/kernel/cpu/mce/therm_throt.c; NVML's nvmlDeviceGetViolationStatus; getrusage(2),
// ru_majflt.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "harness/measurement/gpu.h"
#include "results/record.h"
#include "results/run_writer.h"

namespace bench::harness {

struct Disturbances {
  std::optional<int64_t> throttle_events;
  int64_t disk_page_faults = 0;
  std::optional<int64_t> gpu_throttle_ns = std::nullopt;  // of a run on a GPU
};

// Without those of GPUs: a driver takes its time to begin, which runs on the CPU need not wait for.
Disturbances ReadDisturbances(const std::string& sys = "/sys");
// How long all GPUs together were throttled, in nanoseconds, as far as the driver counts it.
std::optional<int64_t> ReadGpuThrottle(const std::string& nvml = kNvmlLibrary);

// As notes of a run (results/notes.h): throttling since `begin`, page faults of the whole process.
std::map<std::string, results::Attribute> DisturbanceNotes(const Disturbances& begin,
                                                           const Disturbances& end);

// Notes what there was until now, of GPUs where `begin` has them. Errors are the writer's.
absl::Status NoteDisturbances(const Disturbances& begin, results::RunWriter& writer);

}  // namespace bench::harness
