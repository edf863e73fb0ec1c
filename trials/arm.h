// An arm of a comparison that is still to be run: what bench-run is called with.
//
// Written as on a command line, 'experiments/X --set training.precision="mixed" --env
// OMP_WAIT_POLICY=passive', with the shell's quotes and backslashes. Options: --set, --steps,
// --device, --nproc and --experiments, which are bench-run's, and --env NAME=VALUE. All others are
// the comparison's own business.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "results/comparison/comparability.h"

namespace bench::trials {

struct Arm {
  std::string text;
  std::string experiment;
  std::map<std::string, std::string> sets;         // --set, by key
  std::map<std::string, std::string> others;       // --device, --nproc, --steps, --experiments
  std::map<std::string, std::string> environment;  // --env

  // Of bench-run: the experiment and its options.
  std::vector<std::string> Arguments() const;
};

// Words as a shell splits them: quotes, backslashes, nothing else. UsageError for a quote that is
// not closed.
absl::StatusOr<std::vector<std::string>> SplitWords(const std::string& text);

// UsageError naming the word that it cannot use.
absl::StatusOr<Arm> ParseArm(const std::string& text);

// Nothing of arms that are alike, which shows how far a machine differs from itself. UsageError
// where they differ in what cannot be compared (--steps, --experiments).
absl::StatusOr<results::AskedDifferences> AskedBetween(const Arm& base, const Arm& head);

}  // namespace bench::trials
