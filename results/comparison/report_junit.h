// A comparison as JUnit XML, which CI systems show: one test case a metric, one for the bits and
// one for the learning curves. A failure is a failure, what could not be shown an error.
#pragma once

#include <string>

#include "results/comparison/comparison.h"

namespace bench::results {

std::string RenderJunit(const Comparison& comparison);

}  // namespace bench::results
