// Which phase of a step got slower or faster, and by how much of the step's change.
//
// A run's time of a range is its median over the steps in which it ran, an arm's the median over
// its runs; resumed runs are left out. Ranges may lie within each other (FORMAT.md), so shares need
// not add up to one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "results/comparison/group.h"

namespace bench::results {

struct RangeChange {
  std::string name;
  double base_s = 0;
  double head_s = 0;
  // Of the change of the step's time, where there is one; of ranges that run in every step.
  std::optional<double> share;
};

// Of ranges of both arms, what changed the run most first: a range's change times the steps in
// which it ran.
std::vector<RangeChange> CompareRanges(const Group& base, const Group& head);

}  // namespace bench::results
