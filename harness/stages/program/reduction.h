// One number for many: what the summary of a series or of samples is.
#pragma once

#include <optional>
#include <span>

#include "harness/definition/program_spec.h"

namespace bench::harness {

// What kAuto stands for: of samples and of times the median, of memory the largest value, else the
// last one. Any other is itself.
Reduction ReductionOf(const ProgramMetricSpec& metric, ReportedAs as);

// Absent of kNone, and of no values. A value that is not a number makes the result one that is not,
// but of kLast the last value counts alone.
std::optional<double> Reduce(Reduction reduction, std::span<const double> values);

}  // namespace bench::harness
