// The results files that a command line names, read in isolation: one arm of a comparison.
//
// A path is a results file, a run's folder (its results.h5), or a folder of several replicates
// (every *.h5 in it and every */results.h5). Errors: DataError for a folder without results, for
// one of whose replicates there is a journal only, and for a bad file; EnvironmentError for I/O.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "results/record.h"

namespace bench::results {

struct ResultsInput {
  std::string path;
  RunRecord record;
};

// The replicates of one arm, in the order of their paths.
struct Group {
  std::string path;
  std::vector<ResultsInput> runs;
};

absl::StatusOr<std::vector<std::string>> FindResults(const std::string& path);
absl::StatusOr<Group> ReadGroup(const std::string& path);

using PairOfRuns = std::pair<const RunRecord*, const RunRecord*>;  // of the base and of the head

// The runs of one replicate number each, the first where a number occurs more than once, by number.
// A number that only one arm has is left out.
std::vector<PairOfRuns> PairsOf(const Group& base, const Group& head);

// Every run of a number that both arms have, by number: the first of the base with the first of the
// head, the second with the second; those that one arm has more of with the other's first. Runs of
// one number have one seed: they are no further replicates of learning, but all must have the same
// bits.
std::vector<PairOfRuns> AllPairsOf(const Group& base, const Group& head);

}  // namespace bench::results
