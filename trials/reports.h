// Where the reports of a comparison go: to stdout, to files, and to the page of a job on GitHub.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "results/comparison/comparison.h"
#include "results/comparison/group.h"
#include "trials/arguments.h"

namespace bench::trials {

// EnvironmentError where it did not arrive.
absl::Status Print(std::string_view text);

// Of the window that stdout is, else what fits everywhere.
int OutputColumns();

// `base` and `head` are what `comparison` compares.
absl::Status Report(const results::Comparison& comparison, const results::Group& base,
                    const results::Group& head, const CompareArguments& arguments);

}  // namespace bench::trials
