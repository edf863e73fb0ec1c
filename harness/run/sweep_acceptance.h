// The bounds of a sweep that one value of its summary cannot decide: differences between arms, and
// that a control is no better than chance (harness/definition/sweep_spec.h).
//
// A difference is judged in the worst replicate, replicates of one number being compared. Chance:
// where the children counted their items, each replicate r is judged by itself. It may be better
// than `value` by standard_errors times
//   max(sqrt(value (1 - value) / trials_r), 1 / trials_r),
// the deviation of so many items at chance and at least one item. Where nothing was counted, the
// mean over n > 1 replicates may be better by t s / sqrt(n), t the quantile of Student's t with
// n - 1 degrees of freedom that is exceeded as seldom as standard_errors by a normal one. Of a
// metric without a better direction values may be apart from `value` by as much.
#pragma once

#include <string>
#include <vector>

#include "harness/definition/sweep_spec.h"
#include "results/record.h"

namespace bench::harness {

// A line for each bound that is not met, or whose values were not measured.
std::vector<std::string> UnmetInSweep(const SweepSpec& spec, const results::RunRecord& record);

}  // namespace bench::harness
