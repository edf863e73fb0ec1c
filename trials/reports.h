// Where the reports of a comparison go: to stdout, to files, and to the page of a job on GitHub.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "results/comparison/comparison.h"
#include "results/comparison/group.h"
#include "results/comparison/suite.h"
#include "trials/arguments.h"

namespace bench::trials {

// EnvironmentError where it did not arrive.
absl::Status Print(std::string_view text);

// Of the window that stdout is, else what fits everywhere.
int OutputColumns();

// `base` and `head` are what `comparison` compares.
absl::Status Report(const results::Comparison& comparison, const results::Group& base,
                    const results::Group& head, const CompareArguments& arguments);

// One of the comparisons of a suite, as soon as it is made: to stdout, where text is printed there.
absl::Status ReportAtOnce(const results::ExperimentComparison& one,
                          const CompareArguments& arguments);
// All of a suite that no report was made of at once: one document a format. `arguments` ask for no
// HTML, which is of one comparison.
absl::Status ReportSuite(const results::ComparisonSuite& suite, const CompareArguments& arguments);

}  // namespace bench::trials
