// `--nproc N`: N ranks of one run as processes of this machine, started, watched and reaped.
//
// The launcher holds the ranks' store, on a port that the system chooses, so no port can be in use
// and rank 0 may die without taking it along. When a rank fails, the others learn it through the
// store and end; what has not ended kPatienceWithRanks later is stopped, then killed. An error is
// said once: by the rank that has it, or by the launcher for one that was killed. Signals are
// passed on to all (signal_relay.h). Ranks die with the launcher.
#pragma once

#include <chrono>

#include "absl/status/statusor.h"
#include "harness/run/options.h"

namespace bench::harness {

inline constexpr std::chrono::seconds kPatienceWithRanks{8};

// The run of `options`, which names an experiment and num_ranks; returns its exit code: rank 0's,
// or that of the first rank that failed, 5 for one that was killed.
absl::StatusOr<int> RunLocalRanks(const Options& options);

}  // namespace bench::harness
