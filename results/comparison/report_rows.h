// A comparison in words and cells, once for all reports that people read, so that each says the
// same. Names from files are escaped for a terminal.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "results/comparison/comparison.h"

namespace bench::results {

struct ReportRow {
  std::string metric;  // its path
  std::string base;    // centre of the arm, with units where they are not "1"
  std::string head;
  std::string change;    // "+1.25%", or in the metric's units; "" where there is none; of arms side
                         // by side head / base, "1.25x"
  std::string interval;  // "90% interval -0.50% .. +3.00%"; "" where the data bound nothing
  std::string verdict;
  std::string remark;  // of an unclear row: what could have been shown, and what it takes
  Outcome outcome = Outcome::kPass;
  size_t index = 0;  // of the row in Comparison::rows
};

// A phase of a step.
struct RangeRow {
  std::string name;
  std::string base;  // its time in the arm
  std::string head;
  std::string change;   // "+0.25 ms"
  std::string share;    // "45% of the step's change"; "" where there is none
  std::string finding;  // "slower, p = 1.2e-05", "only in head"; "" where nothing is shown
};

// The most important first: what fails, what could not be shown, then the rest by path.
std::vector<ReportRow> ReportRows(const Comparison& comparison);

// One line a finding that is no row: why arms are not comparable, notes, bits, curves, rounding.
std::vector<std::string> ReportLines(const Comparison& comparison);

// Every phase, what changed most first.
std::vector<RangeRow> RangeRows(const Comparison& comparison);

// One line a phase of a step, those that changed most.
std::vector<std::string> RangeLines(const Comparison& comparison);

// One line an operator, kernel, function or call of profiled runs, those that changed most.
std::vector<std::string> ProfileLines(const Comparison& comparison);

// A value as rows show it: "1.25 s", "3.50 MiB"; "-": there is none.
std::string ValueText(const std::optional<double>& value, const std::string& units);

// "12.5 ms".
std::string TimeText(double seconds);

// "90% interval".
std::string IntervalName(const Comparison& comparison);

// "BASE, 9 runs".
std::string ArmText(const ArmSummary& arm);

}  // namespace bench::results
