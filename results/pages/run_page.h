// One run as an HTML page: what was run, key figures, curves, ranges, samples, tables, and where it
// came from.
#pragma once

#include <string>

#include "results/record.h"

namespace bench::results {

std::string RenderRunHtml(const RunRecord& record);

}  // namespace bench::results
