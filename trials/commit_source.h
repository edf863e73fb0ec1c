// A commit of the repository that stage "program" measures: checked out, and run by this project's
// own bench-run.
//
// A commit has a work tree of its own (with its submodules), which is kept in the cache: what the
// definition's build makes there is made once. One whose tracked files are not the commit's is made
// anew. "." is the repository's tree as it is. bench-run finds it by $BENCH_PROGRAM_SOURCE, in the
// place of `source` in the definition. Errors: UsageError for a folder that is no repository's
// root, and for a revision that there is not; EnvironmentError where git fails; StoppedError.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "trials/commit_program.h"

namespace bench::trials {

// In the place of program.source (harness/stages/program/program_setup.h).
inline constexpr char kSourceVariable[] = "BENCH_PROGRAM_SOURCE";

absl::StatusOr<CommitProgram> CheckOutSource(const std::string& revision,
                                             const BuildOptions& options);

}  // namespace bench::trials
