// A sweep taken apart for a comparison: each replicate of its arms is what a run is elsewhere.
//
// A results file of a sweep of n replicates becomes n records, with the numbers of the replicates;
// the summary of each has METRIC/ARM with the value of that replicate. What the process of the
// sweep itself measured (its time, its memory) says nothing about a replicate and is left out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "results/comparison/group.h"

namespace bench::results {

// Runs of other stages stay as they are.
Group ByReplicate(const Group& group);

// Children that both arms have from the same run: one that a sweep found in the store, made before.
struct SharedChildren {
  int64_t num_shared = 0;
  int64_t num_in_head = 0;
  bool same_program = true;  // all sweeps were run by programs of one content
};
SharedChildren FindSharedChildren(const Group& base, const Group& head);

}  // namespace bench::results
