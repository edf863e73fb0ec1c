// Two arms run one beside the other, in fresh processes, until what is required of them is decided,
// or the replicates that are planned or the time are used up.
//
// A trial has a folder: <folder>/trial.json says of which arms, programs (by digest) and plan it
// is, <folder>/base/r<k> and <folder>/head/r<k> are the runs, with a log of each. Interrupted in
// whatever place, the same trial goes on with the runs that are complete. One process at a time
// works in a folder. Errors: UsageError for a folder of another trial, which one of a program that
// was built anew is, and for options that cannot be used; EnvironmentError for a folder that is in
// use or holds something else, for a run that leaves no results, and where a program changes
// meanwhile; StoppedError when cancelled.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "results/comparison/comparison.h"
#include "results/comparison/group.h"
#include "trials/fresh_run.h"

namespace bench::trials {

struct TrialOptions {
  std::string folder;
  int64_t replicates = 20;  // an arm, at most
  std::optional<double> max_minutes;
  results::CompareOptions compare;
  // Whether a comparison needs no more replicates; empty: its outcome is a pass or a failure.
  std::function<bool(const results::Comparison&)> decided;
  std::function<bool()> cancelled;                    // asked at least every second
  std::function<void(const std::string& line)> note;  // of progress
};

struct TrialResult {
  results::Comparison comparison;
  results::Group base, head;  // the runs that it compares
  int64_t replicates = 0;     // an arm
  bool out_of_time = false;   // before the replicates that were planned, and undecided
};

absl::StatusOr<TrialResult> RunTrial(const ArmProgram& base, const ArmProgram& head,
                                     const TrialOptions& options);

}  // namespace bench::trials
