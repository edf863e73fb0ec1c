// The order in which two arms run: blocks of four runs, two replicates of each arm, ABBA or BAAB by
// a coin, so that a machine whose speed drifts treats both arms alike.
#pragma once

#include <cstdint>
#include <vector>

namespace bench::trials {

enum class Side { kBase, kHead };

struct PlannedRun {
  Side side;
  int64_t replicate;
};

// Plans `replicates` runs an arm; an odd last one is a pair in an order of its own.
std::vector<PlannedRun> PlanRuns(int64_t replicates, uint64_t seed);

}  // namespace bench::trials
