// The comparisons of one command, an experiment each, and what follows from all of them together:
// the worst outcome is that of the whole.
#pragma once

#include <string>
#include <vector>

#include "results/comparison/comparison.h"

namespace bench::results {

struct ExperimentComparison {
  std::string experiment;  // as it was asked for, with its settings
  Comparison comparison;
};
using ComparisonSuite = std::vector<ExperimentComparison>;

// kPass of none.
Outcome OutcomeOf(const ComparisonSuite& suite);

// In words: "ok: 3 experiments", "FAILED: 1 of 3 experiments: experiments/clm_tiny". Experiments
// are escaped for a terminal.
std::string Conclusion(const ComparisonSuite& suite);

}  // namespace bench::results
