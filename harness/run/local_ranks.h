// `--nproc N`: N ranks of one run as processes of this machine, started, watched and reaped.
//
// The launcher holds the ranks' store, on a port that the system chooses, so no port can be in use
// and rank 0 may die without taking it along. When a rank fails, the others learn it by themselves
// and end; what has not ended kPatience later is stopped, then killed. The launcher says which rank
// was the first. A stop signal goes to all. Ranks die with the launcher.
#pragma once

#include <chrono>

#include "absl/status/statusor.h"
#include "harness/run/options.h"

namespace bench::harness {

inline constexpr std::chrono::seconds kPatienceWithRanks{20};

// The run of `options`, which names an experiment and num_ranks; returns its exit code: rank 0's,
// or when a rank failed the worst of all, 5 for one that was killed.
absl::StatusOr<int> RunLocalRanks(const Options& options);

}  // namespace bench::harness
