// What a sweep found: for each metric a chart of its arms, a dot for every replicate, with mean and
// interval, and the figures of the charts as tables. The colour is the arm's role: treatment,
// control, baseline.
#pragma once

#include <string>

#include "results/pages/html.h"
#include "results/record.h"
#include "results/sweeps/sweep_record.h"

namespace bench::results {

// Charts and tables; nothing for a record that is no sweep's.
Html DrawSweep(const RunRecord& record);

// The chart of the question's metric as a file of SVG; "" where no arm has it.
std::string SweepFigure(const Sweep& sweep);

}  // namespace bench::results
