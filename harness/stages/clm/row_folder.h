// Where the rows of one's own data set lie: rows that no experiment of the experiments folder
// makes, but a definition of one's own, of stage "generated" or "images", by a run with --portable.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace bench::harness {

// `path` itself where it is a data set of rows (rows.json is in it), or the one such folder in
// `path`/artifact, where `path` is the folder of a run. UsageError where there is none, or several.
absl::StatusOr<std::string> OwnRowFolder(const std::string& path);

}  // namespace bench::harness
