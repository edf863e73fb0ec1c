// A definition's acceptance bounds against the summary of a run: what its results file holds.
#pragma once

#include <cstdint>
#include <map>
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

// `attempts`: 1 for a run that was never resumed.
Acceptance JudgeBounds(const std::vector<AcceptanceBound>& bounds,
                       const std::map<std::string, results::SummaryValue>& summary,
                       int64_t attempts);

}  // namespace bench::harness
