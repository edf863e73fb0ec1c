// One run of one experiment, from its definition to its results file and artifact.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/run/torch_runtime.h"
#include "harness/stages/stage.h"

namespace bench::harness {

struct RunRequest {
  std::string experiment;  // as on the command line
  std::vector<std::string> overrides;
  std::string experiments_root;
  std::string store_root;
  std::optional<std::string> folder;  // absent: a fresh one in the store
  int64_t replicate = 0;
  StartMode start = StartMode::kFresh;
  std::optional<int64_t> stop_after_step;
  DeviceChoice device = DeviceChoice::kAuto;
  std::vector<std::string> argv;  // for provenance
};

struct RunReport {
  int exit_code = 0;
  std::string results_path;
};

// Prints the closing summary on stdout. An error leaves what was recorded as a results file with
// status failed.
absl::StatusOr<RunReport> RunExperiment(const RunRequest& request);

}  // namespace bench::harness
