// What a sweep found, as lines for a terminal.
#pragma once

#include <string>

#include "results/record.h"

namespace bench::results {

// For each metric a line with its name, and below it a line an arm: role, mean over replicates, the
// interval of the mean, and each replicate's value. Then a line a fit. "" for a record that is no
// sweep's. Text of the record is not escaped.
std::string ArmsText(const RunRecord& record);

}  // namespace bench::results
