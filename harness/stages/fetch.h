// Fetches a declared data source for a run, and records what it was in the table "sources".
// The run's clock counts this as time for its prerequisites.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "harness/context/run_context.h"
#include "harness/data/source.h"

namespace bench::harness {

absl::StatusOr<FetchedSource> FetchAndRecord(const std::string& name, PackageArchive& archive,
                                             RunContext& context);

}  // namespace bench::harness
