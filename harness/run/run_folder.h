// The folder of one run: who may use it, and where to start.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "base/file.h"
#include "harness/definition/load.h"
#include "harness/run/start_mode.h"
#include "harness/store/store.h"
#include "results/record.h"

namespace bench::harness {

struct RunFolder {
  std::string path;
  FolderLock lock;
  std::optional<results::RunHeader> begun;  // of the run to continue; absent: start at step 0
  bool complete = false;  // a complete run and its results are there: nothing is left to do
  std::optional<results::RunRecord> record;  // what a complete run recorded
  int64_t last_step = 0;                     // that its journal reaches
  std::string note;                          // what its user should know; often empty
};

// Locks `path`. Without kResume anything that is there already is an EnvironmentError that names
// it. With kResume: nothing there starts at step 0, a complete run is reported as such (also where
// its journal is damaged and its results file is whole), a run of another definition (other than
// that of `loaded`) or replicate is a UsageError that names what differs.
absl::StatusOr<RunFolder> OpenRunFolder(const std::string& path, StartMode start,
                                        const LoadedDefinition& loaded, int64_t replicate);

// A UsageError that names the inputs among `now` that are not those the run began with.
absl::Status CheckSameInputs(const RunFolder& folder, const InputDigests& now);

// DataError if the journal ends before `step`, that of the checkpoint to continue after: a journal
// is flushed before its checkpoints, so it has lost rows.
absl::Status CheckReaches(const RunFolder& folder, int64_t step);

}  // namespace bench::harness
