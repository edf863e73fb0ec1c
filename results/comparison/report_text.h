// A comparison for a terminal.
#pragma once

#include <string>

#include "results/comparison/comparison.h"

namespace bench::results {

// Lines of at most `columns` where words allow it; rows become several lines where a table of that
// width has no room for them.
std::string RenderText(const Comparison& comparison, int columns);

}  // namespace bench::results
