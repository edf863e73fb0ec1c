// Whether two runs of a program reported the same, where it declares that they must.
#pragma once

#include <optional>
#include <string>

#include "harness/stages/program/metric_sink.h"

namespace bench::harness {

// The first difference, by step and then by name, of digests and of the metrics that are declared
// deterministic, bit for bit ("loss at step 3: 0.25 and 0.5"); of what has no step the first by
// name, after them. Any NaN is equal to any other. Absent: there is none.
std::optional<std::string> FirstDifference(const Recorded& first, const Recorded& second);

}  // namespace bench::harness
