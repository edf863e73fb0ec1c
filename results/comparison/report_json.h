// A comparison as JSON, for programs; FORMAT.md describes it. Numbers that are not finite are null.
#pragma once

#include <string>

#include "results/comparison/comparison.h"

namespace bench::results {

std::string RenderJson(const Comparison& comparison);

}  // namespace bench::results
