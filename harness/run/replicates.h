// Several runs in a row, each a fresh process with its own folder: `--repeat N` makes N replicates
// of one experiment, --sweep (sweep.h) the points of a grid.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/definition/load.h"
#include "harness/run/options.h"

namespace bench::harness {

// One of several runs: a replicate, or a point of a sweep.
struct RunMember {
  std::string name;  // for people: "replicate r0"
  std::string folder;
  std::vector<std::string> arguments;  // of this program
};

struct MembersReport {
  int exit_code = 0;                       // the worst
  std::vector<std::string> results_paths;  // those that were written, replicates of members too
  std::vector<std::string> failures;  // a line for each that did not end with 0: which, and why
};

// Runs them one after the other; one that fails does not keep the rest from running, a stop signal
// does.
absl::StatusOr<MembersReport> RunMembers(const std::vector<RunMember>& members);

// The failures on stderr, the paths as the last lines of stdout.
void PrintMembers(const MembersReport& report);

absl::StatusOr<MembersReport> RunReplicates(const Options& options);

// --out, or a fresh folder in the store; and of one member in it.
absl::StatusOr<std::string> ParentFolder(const Options& options);
std::string MemberFolder(const std::string& parent, const std::string& name);

// The experiment that a command names, with its overrides.
absl::StatusOr<LoadedDefinition> LoadNamed(const Options& options);

// The command line of this program that `options` of a run stand for. --steps is among the
// overrides by then, and --sweep is taken apart.
std::vector<std::string> RunArguments(const Options& options);

// Why a replicate in `folder` ended with `exit_code` (not 0). `attempts_before`: those that the
// folder's journal had before it was started, so that it does not answer for an earlier one.
std::string ReasonOf(int exit_code, const std::string& folder, int64_t attempts_before);
// Of the journal in `folder`; 0 where there is none.
int64_t AttemptsIn(const std::string& folder);

// The worse of two exit codes: a signal, then 5, 4, 2, 1, 3, 0.
int WorseExitCode(int a, int b);

}  // namespace bench::harness
