// A comparison in words and cells, once for all reports that people read, so that each says the
// same. Names from files are escaped for a terminal.
#pragma once

#include <string>
#include <vector>

#include "results/comparison/comparison.h"

namespace bench::results {

struct ReportRow {
  std::string metric;  // its path
  std::string base;    // centre of the arm, with units where they are not "1"
  std::string head;
  std::string change;    // "+1.25%", or in the metric's units; "" where there is none
  std::string interval;  // "90% interval -0.50% .. +3.00%"; "" where the data bound nothing
  std::string verdict;
  std::string remark;  // of an unclear row: what could have been shown, and what it takes
  Outcome outcome = Outcome::kPass;
};

// The most important first: what fails, what could not be shown, then the rest by path.
std::vector<ReportRow> ReportRows(const Comparison& comparison);

// One line a finding that is no row: why arms are not comparable, notes, bits, curves, rounding.
std::vector<std::string> ReportLines(const Comparison& comparison);

// One line a phase of a step, those that changed most.
std::vector<std::string> RangeLines(const Comparison& comparison);

// "90% interval".
std::string IntervalName(const Comparison& comparison);

// "BASE, 9 runs".
std::string ArmText(const ArmSummary& arm);

}  // namespace bench::results
