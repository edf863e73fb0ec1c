// When the runs of two arms were made, as far as they say so: what that means for a comparison.
//
// Times of arms that ran one after the other differ by what the machine did in between too, and
// runs that are in both arms say nothing of any difference. A run's start is its provenance's
// start_time_utc; starts of one format are in the order of their texts.
#pragma once

#include <cstdint>

#include "results/comparison/group.h"

namespace bench::results {

// Whether all runs of one arm began before the first of the other, in arms of two runs or more.
// False where a run does not say when it began.
bool RanOneAfterTheOther(const Group& base, const Group& head);

// Runs of the head that are runs of the base: of the same start, run id and replicate number.
int64_t NumSharedRuns(const Group& base, const Group& head);

}  // namespace bench::results
