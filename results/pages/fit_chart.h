// A chart of a curve that a sweep fitted (sweeps/fit_record.h): a dot for every replicate, the
// curve as a line on its band, and, where a point was held out, a bar at the value that was
// predicted of it. x is logarithmic.
#pragma once

#include "results/pages/html.h"
#include "results/sweeps/fit_record.h"

namespace bench::results {

// A <figure>; nothing where no point can be drawn.
Html DrawFitChart(const RecordedFit& fit);

}  // namespace bench::results
