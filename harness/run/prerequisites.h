// What an experiment needs that is not in the store: the experiments that are run first, in that
// order, with what they cost as far as it is known. Nothing is made.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/definition/load.h"
#include "harness/stages/stage.h"
#include "harness/store/store.h"

namespace bench::harness {

struct ExperimentCost {
  std::string experiment;             // NAME@N
  std::optional<double> seconds;      // that its newest complete run in the store took
  std::optional<int64_t> disk_bytes;  // what it writes at most; known once its own inputs are there
};

// `stage` is that of the definition. Times of runs of other definitions (ad hoc
// ones, other versions) do not count.
absl::StatusOr<ExperimentCost> CostOf(const LoadedDefinition& loaded, const Stage& stage,
                                      const Store& store, const std::string& experiments_root);

// Each once, after whatever it needs itself. UsageError where experiments need each other in turn
// or cannot make what is needed.
absl::StatusOr<std::vector<ExperimentCost>> MissingPrerequisites(
    const Stage& stage, const Store& store, const std::string& experiments_root);

// One line for each, and one for all where more is known; no lines where nothing is missing.
std::vector<std::string> PrerequisiteLines(const std::vector<ExperimentCost>& missing);

// "took 12 s when last measured here, at most 3.00 MiB of disk", or what is not known of it.
std::string CostText(const std::optional<double>& seconds,
                     const std::optional<int64_t>& disk_bytes);

// "2 h 5 min", "3 min 20 s", "12 s"; of seconds.
std::string DurationText(double seconds);

}  // namespace bench::harness
