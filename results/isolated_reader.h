// ReadResults in a child process with limited memory and processor time: whatever a crafted or
// damaged file does to the HDF5 library, the caller gets a DataError.
//
// The child sends the record back through a pipe (record_transport.h); the caller's process
// never opens the file with HDF5. Call it while the process has one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "results/record.h"

namespace bench::results {

struct IsolationLimits {
  int64_t memory_bytes = int64_t{4} << 30;
  // Default: 10 s and 2 s a MB of the file, several times what an intact file takes. A damaged one
  // can keep the HDF5 library in an endless loop.
  std::optional<int64_t> processor_s;
};

absl::StatusOr<RunRecord> ReadResultsIsolated(const std::string& path,
                                              const IsolationLimits& limits = {});

// ReadResultsSummary of many files, in their order: as many children as there are processors (at
// most 8) read several each, and each file of a child that dies has one of its own. The limits are
// those of a file. A file that falsifies its child's memory without ending it may falsify what is
// said of the files behind it, at most kFilesOfAChild.
inline constexpr std::size_t kFilesOfAChild = 64;
std::vector<absl::StatusOr<RunRecord>> ReadSummariesIsolated(const std::vector<std::string>& paths,
                                                             const IsolationLimits& limits = {});

}  // namespace bench::results
