// The times of a run for its summary, by its clock.
#pragma once

#include <vector>

#include "harness/control/run_clock.h"
#include "harness/distributed/ranks.h"
#include "results/metric.h"

namespace bench::harness {

// wall_time, and what is not part of it: setup_time where it is known, rank_wait_time of several
// ranks, prerequisites_time. Of this attempt.
std::vector<results::MetricValue> TimesOf(const RunClock& clock, const Ranks& ranks);

}  // namespace bench::harness
