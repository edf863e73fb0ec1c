// A comparison as one HTML page: what the other reports say (report_rows.h), and with the runs' own
// data what they have no room for: learning curves of every run, for every metric a dot for every
// replicate that was compared, memory by process, every phase of a step, and what the runs were
// made by.
//
// Its size is bounded by thinning curves (curve_points.h): 40 curves of 100,000 steps in 2 x 20
// runs take less than 5 MB.
#pragma once

#include <string>

#include "results/comparison/comparison.h"
#include "results/comparison/group.h"

namespace bench::results {

// `base` and `head` are what `comparison` compares.
std::string RenderHtml(const Comparison& comparison, const Group& base, const Group& head);

}  // namespace bench::results
