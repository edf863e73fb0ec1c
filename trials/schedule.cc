#include "trials/schedule.h"

#include "base/random.h"

namespace bench::trials {

std::vector<PlannedRun> PlanRuns(int64_t replicates, uint64_t seed) {
  Random random(seed);
  std::vector<PlannedRun> runs;
  for (int64_t first = 0; first < replicates; first += 2) {
    const bool base_first = random.Below(2) == 0;
    const Side outer = base_first ? Side::kBase : Side::kHead;
    const Side inner = base_first ? Side::kHead : Side::kBase;
    runs.push_back({outer, first});
    runs.push_back({inner, first});
    if (first + 1 == replicates) break;
    runs.push_back({inner, first + 1});
    runs.push_back({outer, first + 1});
  }
  return runs;
}

}  // namespace bench::trials
