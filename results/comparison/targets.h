// Tokens and time to a target: after how much training an evaluation first reaches a value.
//
// As MLPerf measures training: the first evaluation that is at least as good as the target counts,
// nothing is interpolated, so a value is known only up to the interval between evaluations. A
// uniform error of one interval has the variance interval^2 / 12; two arms whose evaluations fall
// on the same points differ by 0 or by whole intervals, and a spread of 0 between replicates is no
// certainty. Each value therefore has a floor of one interval, which a change must exceed, and the
// interval of a change is wider by one on either side: one evaluation later in every pair shows
// neither a change nor that there is none. A run that never reaches the target took infinitely
// long: that fails in a head whose base reaches it, and is not shown where the base does not.
// Source: MLPerf training rules, "Benchmark results"; mlcommons/logging rcp_checker.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "results/comparison/group.h"

namespace bench::results {

struct Target {
  std::string path;  // of a metric of the evaluations: "loss", "loss/en_zh"
  double value = 0;
};

// Whether the metric is one of those that AddTargets makes.
bool IsOfTarget(const MetricInfo& metric);

// Adds tokens_to_target and time_to_target, labelled "loss=2.5", to the summary of each run that
// has the curve. UsageError for a curve that no run has, or that has no better direction.
absl::Status AddTargets(const std::vector<Target>& targets, Group* group);

}  // namespace bench::results
