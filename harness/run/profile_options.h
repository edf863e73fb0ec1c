// The options of a run that is profiled: rows of the one table (option_table.h).
#pragma once

#include <vector>

#include "harness/run/option_table.h"

namespace bench::harness {

std::vector<OptionRow> ProfileRows();

}  // namespace bench::harness
