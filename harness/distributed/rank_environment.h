// Which of how many processes this one is, as launchers say it: `bench-run --nproc` and torchrun by
// RANK, WORLD_SIZE, LOCAL_RANK, LOCAL_WORLD_SIZE, MASTER_ADDR, MASTER_PORT (and TORCHELASTIC_*),
// SLURM's srun by SLURM_PROCID, SLURM_NTASKS, SLURM_LOCALID, SLURM_NODEID,
// SLURM_STEP_TASKS_PER_NODE where MASTER_ADDR and MASTER_PORT are set as well (a batch script has
// SLURM's variables too, and is one process).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace bench::harness {

struct RankEnvironment {
  int64_t rank = 0;
  int64_t size = 1;
  int64_t local_rank = 0;
  int64_t local_size = 1;  // processes on this machine
  std::string master_address;
  uint16_t master_port = 0;
  // The launcher holds the store at that address; else rank 0 does.
  bool launcher_holds_store = false;
  std::string key_prefix;  // of this attempt, in the store
};

// The key_prefix of a launcher's attempt, "0" where it does not restart; and of the watch in it.
std::string AttemptPrefix(const std::string& attempt);
std::string WatchPrefix(const std::string& key_prefix);

// Name -> value; absent where it is not set.
using EnvironmentLookup = std::function<std::optional<std::string>(const char*)>;

// A single process where no launcher has set anything. UsageError for variables that are missing,
// no numbers, or contradict each other.
absl::StatusOr<RankEnvironment> ReadRankEnvironment(const EnvironmentLookup& lookup);

// Of this process. The variables are removed from its environment, so that a child (an experiment
// that is needed first) is a process of its own.
absl::StatusOr<RankEnvironment> TakeRankEnvironment();

}  // namespace bench::harness
