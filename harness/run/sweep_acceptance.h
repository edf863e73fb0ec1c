// The bounds of a sweep that one value of its summary cannot decide: differences between arms, and
// that a control is no better than chance (harness/definition/sweep_spec.h).
//
// A difference is judged in the worst replicate, replicates of one number being compared. Chance:
// the mean over replicates may be better than `value` by standard_errors times the larger of two
// standard errors, that between n > 1 replicates, s / sqrt(n), and, where the children counted
// their items, that of so many items at chance, sqrt(value (1 - value) / trials). Of a metric
// without a better direction the mean may be apart from it by as much.
#pragma once

#include <string>
#include <vector>

#include "harness/definition/sweep_spec.h"
#include "results/record.h"

namespace bench::harness {

// A line for each bound that is not met, or whose values were not measured.
std::vector<std::string> UnmetInSweep(const SweepSpec& spec, const results::RunRecord& record);

}  // namespace bench::harness
