// The runs that lie in a folder, and in a store (runs/NAME@N/<number>): a run's own folder, or one
// that holds those of replicates or of a sweep's points.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/store/store.h"

namespace bench::harness {

struct StoreRun {
  std::string experiment;  // NAME@N
  std::string name;        // below the store's folder of runs, or the one that was asked for
  std::string folder;
};

// The run in `folder`, whose name is then "", or the runs below it; none where there is none.
absl::StatusOr<std::vector<StoreRun>> RunsIn(const std::string& folder);

// In the order of their numbers, of the experiments that `wanted` means: NAME, NAME@N, either with
// experiments/ before it; "" means all. A folder without any is one that has no results yet.
absl::StatusOr<std::vector<StoreRun>> RunsInStore(const Store& store, std::string_view wanted);

}  // namespace bench::harness
