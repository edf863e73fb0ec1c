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

}  // namespace bench::results
