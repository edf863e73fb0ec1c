// A definition's acceptance bounds against the summary of a run: what its results file holds.
#pragma once

#include <string>
#include <vector>

#include "harness/definition/training_spec.h"
#include "results/record.h"

namespace bench::harness {

// A line each.
struct Acceptance {
  std::vector<std::string> unmet;       // or not measured; none: accepted
  std::vector<std::string> not_judged;  // times of a run that was resumed, which measure nothing
};

Acceptance JudgeBounds(const std::vector<AcceptanceBound>& bounds,
                       const results::RunRecord& record);

}  // namespace bench::harness
