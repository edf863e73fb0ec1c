// Whether a run fits on the disk, asked before it begins.
//
// What a stage will write comes from its definition (Stage::Disk); beside it a reserve for the
// journal, results and logs is kept. Where the run's folder and the store are on one file system,
// their needs add up. Errors: EnvironmentError naming what is needed and what is free.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "harness/stages/stage.h"

namespace bench::harness {

// Below this much free disk nothing is begun, whatever it needs.
inline constexpr int64_t kDiskReserveBytes = int64_t{1} << 30;

absl::Status CheckDisk(const DiskNeed& need, const std::string& run_folder,
                       const std::string& store_root);

}  // namespace bench::harness
