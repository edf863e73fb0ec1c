// A comparison as text for a terminal and as JSON. Both say the same; names from files are escaped.
#pragma once

#include <string>
#include <vector>

#include "results/compare.h"

namespace bench::results {

// Two results files and what their comparison found.
struct ComparedPair {
  std::string base_path;
  std::string head_path;
  Comparison comparison;
};

// Several pairs: a regression (1) outweighs what could not be compared (3).
ExitCode WorstExitCode(const std::vector<ComparedPair>& pairs);

std::string RenderText(const Comparison& comparison);
std::string RenderText(const std::vector<ComparedPair>& pairs);
// {"exit_code", "pairs": [{"base", "head", "incomparable", "bitwise", "summary", ...}]}; non-finite
// numbers are null, with "non_finite": true beside them.
std::string RenderJson(const std::vector<ComparedPair>& pairs);

}  // namespace bench::results
