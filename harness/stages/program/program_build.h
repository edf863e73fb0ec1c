// The build of a program's source, run once for each state of it.
//
// <store>/builds/<hash of the work tree's path>/built holds the key of what was built there last: a
// hash of the commit, the diff and the command. Where it is the same and the program is there,
// nothing is built. A tree without a commit, or with untracked files (whose content is not known),
// is built each time. One build at a time in a tree. The output of the last one is in `output`
// beside it. Errors: EnvironmentError with the last lines of a build that fails or takes too long;
// StoppedError.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "harness/control/progress.h"
#include "harness/definition/program_spec.h"
#include "harness/measurement/source_state.h"
#include "harness/stages/program/program_process.h"

namespace bench::harness {

struct ProgramBuild {
  const ProgramSpec& spec;
  std::string folder;      // working folder
  SourceState state;       // of the source that it is in
  ProgramCommand command;  // that is run afterwards; its environment is the build's too
  std::string store_root;
};

absl::Status BuildIfNeeded(const ProgramBuild& build, Progress& progress);

}  // namespace bench::harness
