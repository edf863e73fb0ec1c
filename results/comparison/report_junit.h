// A comparison as JUnit XML, which CI systems show: a test case for the conclusion, in which bits
// and learning curves have their part, and one a metric. A failure is a failure, what could not be
// shown an error.
#pragma once

#include <string>

#include "results/comparison/comparison.h"
#include "results/comparison/suite.h"

namespace bench::results {

std::string RenderJunit(const Comparison& comparison);

// One document of several experiments: a test suite each, whose cases have the experiment's name in
// place of a class's.
std::string RenderJunit(const ComparisonSuite& suite);

}  // namespace bench::results
