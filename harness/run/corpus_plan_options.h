// The options that only --plan of a corpus takes: rows of the one table (option_table.h).
#pragma once

#include <vector>

#include "harness/run/option_table.h"

namespace bench::harness {

std::vector<OptionRow> CorpusPlanRows();

}  // namespace bench::harness
