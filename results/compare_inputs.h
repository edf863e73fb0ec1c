// The results files that a command line names, read in isolation, and which of them are compared
// with which.
//
// A path is a results file, a run's folder (its results.h5), or a folder of several replicates
// (every *.h5 in it and every */results.h5). One file on each side: these two. Otherwise files with
// the same replicate number are paired, in the order of their paths where a number occurs more than
// once; a file without a partner is a pair that cannot be compared.
// Errors: DataError for a folder without results and for a bad file, EnvironmentError for I/O.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "results/compare_report.h"
#include "results/record.h"

namespace bench::results {

struct ResultsInput {
  std::string path;
  RunRecord record;
};

absl::StatusOr<std::vector<std::string>> FindResults(const std::string& path);
absl::StatusOr<std::vector<ResultsInput>> ReadInputs(const std::string& path);

std::vector<ComparedPair> ComparePairs(const std::vector<ResultsInput>& base,
                                       const std::vector<ResultsInput>& head);

}  // namespace bench::results
