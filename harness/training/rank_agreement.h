// What the ranks of a training loop tell each other in every step, and wherever digests are
// recorded. Collective; in one process they give back what they got.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "harness/distributed/ranks.h"

namespace bench::harness {

struct WindowLosses {
  std::vector<double> losses;         // of all micro-batches, in their order
  bool stop_requested = false;        // a stop signal has come to some rank, and is this one's now
  bool checkpoint_requested = false;  // of some rank since the last call, which takes the request
};
// `own`: of this rank's share (ShareOf) of the window's micro-batches.
WindowLosses GatherLosses(const std::vector<double>& own, int64_t num_micro_batches, Ranks& ranks);

// EnvironmentError naming a rank whose digest is not rank 0's.
absl::Status CheckSameParameters(const std::string& digest, int64_t step, Ranks& ranks);

}  // namespace bench::harness
