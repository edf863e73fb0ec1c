// The folder of one run: who may use it, and where to start.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "base/file.h"
#include "harness/stages/stage.h"
#include "results/record.h"

namespace bench::harness {

struct RunFolder {
  std::string path;
  FolderLock lock;
  std::optional<results::RunHeader> begun;  // of the run to continue; absent: start at step 0
  bool complete = false;  // a complete run and its results are there: nothing is left to do
};

// Locks `path`. Without kResume anything that is there already is an EnvironmentError that names
// it. With kResume: nothing there starts at step 0, a complete run is reported as such, a run of
// another definition (other than `definition_sha256`) or replicate is a UsageError.
absl::StatusOr<RunFolder> OpenRunFolder(const std::string& path, StartMode start,
                                        const std::string& definition_sha256, int64_t replicate);

}  // namespace bench::harness
