// One run of one experiment, from its definition to its results file and artifact.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/context/torch_runtime.h"
#include "harness/distributed/rank_environment.h"
#include "harness/measurement/built_source.h"
#include "harness/profiling/profile_request.h"
#include "harness/run/start_mode.h"
#include "harness/store/run_artifact.h"

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
  std::optional<ProfileRequest> profile;
  DeviceChoice device = DeviceChoice::kAuto;
  ArtifactCopies copies = ArtifactCopies::kInStore;
  RankEnvironment ranks;          // who of how many processes this is
  int64_t rank_timeout_s = 300;   // how long they wait for each other at the start
  std::vector<std::string> argv;  // for provenance
  BuiltSource source;             // that this program was built from
};

struct RunReport {
  int exit_code = 0;
  std::string results_path;  // empty on ranks other than 0
};

// One process of the run: rank 0 does everything, the others train along. Rank 0 prints the closing
// summary on stdout. An error leaves what was recorded as a results file with
// status failed.
absl::StatusOr<RunReport> RunExperiment(const RunRequest& request);

}  // namespace bench::harness
