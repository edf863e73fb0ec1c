// A comparison as JSON, for programs; FORMAT.md describes it. Numbers that are not finite are null.
#pragma once

#include <string>

#include "results/comparison/comparison.h"
#include "results/comparison/suite.h"

namespace bench::results {

std::string RenderJson(const Comparison& comparison);

// One document of several experiments, which has the document of each.
std::string RenderJson(const ComparisonSuite& suite);

}  // namespace bench::results
