// Names of notes (RunWriter::Note) that programs look for.
#pragma once

#include <string_view>

namespace bench::results {

// Why a run's last attempt failed; a resumption drops it.
inline constexpr std::string_view kFailureNote = "failure";

// How often a processor was throttled by heat while the run went on; absent where nobody counts it.
inline constexpr std::string_view kThrottleNote = "throttle_events";
// How long GPUs of the machine were slowed by heat meanwhile; absent where no driver counts it.
inline constexpr std::string_view kGpuThrottleNote = "gpu_throttle_ns";
// How often the process waited for a page from the disk.
inline constexpr std::string_view kDiskPageFaultsNote = "disk_page_faults";

// The profiler that was attached to an attempt of the run; absent: none was. Its times are never
// used (comparison/usable_times.h).
inline constexpr std::string_view kProfilerNote = "profiler";
// The optimizer steps that it looked at; absent of stages that train none, which it looked at
// whole.
inline constexpr std::string_view kProfileFirstStepNote = "profile_first_step";
inline constexpr std::string_view kProfileStepsNote = "profile_steps";

}  // namespace bench::results
