// What two arms of different stages both measure, beside each other: an experiment of ours and a
// program of others on the same work, say.
//
// Metrics belong together that have the same name and label and the same units in every run of both
// arms; nothing else relates them, so whoever writes the definitions answers for what they mean.
// peak_memory and peak_device_memory are of rank 0 where a run has several, and of a program they
// are of all its processes: they are left out where the arms have different numbers of ranks.
// Values are those of changes.h. The ratio is head / base with its interval: the Hodges-Lehmann
// estimate of the shift of the logarithms (statistics/rank_test.h), for positive values. No verdict
// follows: every row is kNotJudged.
#pragma once

#include <vector>

#include "results/comparison/changes.h"
#include "results/comparison/group.h"
#include "results/comparison/verdicts.h"

namespace bench::results {

// Keeps the changes that stand side by side.
std::vector<JudgedChange> SideBySide(std::vector<MetricChange> changes, const Group& base,
                                     const Group& head, const Significance& significance = {});

}  // namespace bench::results
