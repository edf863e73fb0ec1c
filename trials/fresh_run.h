// One run of an arm in a fresh process, or what one that was complete left.
//
// Errors: a ProgramFailure for a program that leaves no results, with the last line it said;
// StoppedError when cancelled.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "results/comparison/group.h"

namespace bench::trials {

// An EnvironmentError that is the fault of what was built or run, and would come again: a build
// that fails, a program that leaves no results.
absl::Status ProgramFailure(const std::string& message);
bool IsProgramFailure(const absl::Status& status);

// What is run for one arm.
struct ArmProgram {
  std::string name;                  // in messages and descriptions: the arm's text, or a commit
  std::vector<std::string> command;  // --replicate and --out are added
  std::map<std::string, std::string> environment;
};

double SecondsSince(std::chrono::steady_clock::time_point begin);

struct FreshRun {
  std::string folder;  // of the run; its output is in <folder>.log
  int64_t replicate = 0;
  std::string name;  // in messages: "base replicate 3"
};

// What a run that has ended by itself left; absent where there is none. One that a signal ended
// leaves results too.
absl::StatusOr<std::optional<results::ResultsInput>> ReadComplete(const std::string& folder);

// Of an interrupted run in the folder nothing is kept: a resumed run has no times.
absl::StatusOr<results::ResultsInput> RunFresh(const ArmProgram& program, const FreshRun& run,
                                               const std::function<bool()>& cancelled);

}  // namespace bench::trials
