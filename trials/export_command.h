// bench-compare --export: one result in the format of another program.
#pragma once

#include "absl/status/statusor.h"
#include "trials/arguments.h"

namespace bench::trials {

// Prints it, or writes it to --out; the path of a file in a folder is then printed. UsageError for
// a format that there is not, for one that needs a folder and has none, and for a folder of several
// replicates.
absl::StatusOr<int> ExportResult(const CompareArguments& arguments);

}  // namespace bench::trials
