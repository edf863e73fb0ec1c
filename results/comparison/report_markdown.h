// A comparison for a pull request or a job's summary.
#pragma once

#include <cstddef>
#include <string>

#include "results/comparison/comparison.h"

namespace bench::results {

// What GitHub shows of a step's summary.
inline constexpr size_t kMostMarkdownBytes = size_t{1} << 20;

// At most `most_bytes`: of rows that do not fit, the least important are counted instead.
std::string RenderMarkdown(const Comparison& comparison, size_t most_bytes = kMostMarkdownBytes);

}  // namespace bench::results
