// Whether a run fits on the disk, asked before it begins.
//
// What a stage will write comes from its definition (Stage::Disk), less the checkpoints that are
// there already; beside it a reserve for the journal, results and logs is kept. Where the run's
// folder and the store are on one file system, their needs add up. Errors: EnvironmentError naming
// what is needed and what is free.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "harness/context/needs.h"

namespace bench::harness {

// Below this much free disk nothing is begun, whatever it needs.
inline constexpr int64_t kDiskReserveBytes = int64_t{1} << 30;

// What a run in `run_folder` has still to write: its checkpoints of an earlier attempt are counted
// in `need`, and give way to new ones.
DiskNeed NeedOnTopOf(const std::string& run_folder, DiskNeed need);

absl::Status CheckDisk(const DiskNeed& need, const std::string& run_folder,
                       const std::string& store_root);

}  // namespace bench::harness
