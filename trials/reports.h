// Where the reports of a comparison go: to stdout, to files, and to the page of a job on GitHub.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "results/comparison/comparison.h"
#include "trials/arguments.h"

namespace bench::trials {

// EnvironmentError where it did not arrive.
absl::Status Print(std::string_view text);

// Of the window that stdout is, else what fits everywhere.
int OutputColumns();

absl::Status Report(const results::Comparison& comparison, const CompareArguments& arguments);

}  // namespace bench::trials
