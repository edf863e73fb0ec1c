// Where the results of an experiment lie: in the store (runs/NAME@N/...), or below folders that the
// user names.
//
// The store is $BENCH_STORE, else results/store of the project, as bench-run has it. Every file
// *.h5 below counts; links to folders are not followed. A file that two of the folders hold comes
// once. Errors: EnvironmentError for a folder that cannot be read, also one that is not there.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "results/history/wanted_experiment.h"

namespace bench::trials {

// Searches the store's folders of the experiment alone; none where the store has none.
absl::StatusOr<std::vector<std::string>> FilesInStore(const std::string& store,
                                                      const results::WantedExperiment& wanted);

// Each a folder, or a results file. Of whatever experiment.
absl::StatusOr<std::vector<std::string>> FilesBelow(const std::vector<std::string>& paths);

}  // namespace bench::trials
