// A definition's acceptance bounds against the final metrics of a run.
#pragma once

#include <string>
#include <vector>

#include "harness/definition/training_spec.h"
#include "results/metric.h"

namespace bench::harness {

// One line for each bound that is not met, or whose metric was not measured; none: accepted.
std::vector<std::string> UnmetBounds(const std::vector<AcceptanceBound>& bounds,
                                     const std::vector<results::MetricValue>& summary);

}  // namespace bench::harness
