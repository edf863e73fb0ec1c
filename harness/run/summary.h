// What a person reads when a run has ended: what was run, key figures, where the results are.
#pragma once

#include <string>
#include <vector>

#include "results/record.h"

namespace bench::harness {

// Plain text, one fact a line, ending in a newline. `unmet` are the acceptance bounds not met.
std::string ClosingSummary(const results::RunRecord& record, const std::vector<std::string>& unmet);

// A few of the sample answers of different tasks, a line each; "" where there are none.
std::string SampleLines(const results::RunRecord& record);

}  // namespace bench::harness
