// A comparison for a pull request or a job's summary.
#pragma once

#include <cstddef>
#include <string>

#include "results/comparison/comparison.h"
#include "results/comparison/suite.h"

namespace bench::results {

// What GitHub shows of a step's summary.
inline constexpr size_t kMostMarkdownBytes = size_t{1} << 20;

// At most `most_bytes`: of findings and rows that do not fit, the last ones, which are the least
// important, are counted instead; "" where there is no room for its head.
std::string RenderMarkdown(const Comparison& comparison, size_t most_bytes = kMostMarkdownBytes);

// One text of several experiments, each with a heading of its own, and as much room as what is left
// gives to each. Experiments that do not fit at all are counted instead.
std::string RenderMarkdown(const ComparisonSuite& suite, size_t most_bytes = kMostMarkdownBytes);

}  // namespace bench::results
