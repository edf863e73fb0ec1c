// What the commands that run programs share: how a program is called, where commits are built, what
// is said meanwhile, and what a signal makes of the exit code.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "trials/arguments.h"
#include "trials/arm.h"
#include "trials/commit_program.h"
#include "trials/fresh_run.h"
#include "trials/trial.h"

namespace bench::trials {

// A line of progress, on stderr.
void Note(const std::string& line);

// The bench-run that was built with this program.
absl::StatusOr<std::string> BenchRunPath();

// $BENCH_ROOT, which the wrapper sets, or the current folder.
std::string ProjectRoot();

// A variable of the environment, or `otherwise` where it is empty or absent.
std::string EnvironmentOr(const char* name, const std::string& otherwise);

// $BENCH_STORE, or the project's store.
std::string StoreRoot();

// Where results lie that a command line names: a path, or a run of the store as `bench-run --runs`
// names it ("clm_tiny@1/3"). What is neither is returned as it is.
std::string ResultsPath(const std::string& named);

// `program` called with what the arm says.
ArmProgram ProgramOf(const std::string& name, const std::string& program, const Arm& arm);

// The same of a commit, with its own definitions.
ArmProgram ProgramOf(const CommitProgram& commit, const Arm& arm);

// Builds in `scratch`, of the project's repository, kept in the user's cache.
absl::StatusOr<BuildOptions> BuildOptionsOf(const CompareArguments& arguments,
                                            const std::string& scratch);

TrialOptions OptionsFor(const CompareArguments& arguments, const std::string& folder);

// The exit code of a command that was begun with HeedStopSignals: its own, or that of a signal.
absl::StatusOr<int> CodeOf(const absl::StatusOr<int>& code);

}  // namespace bench::trials
