// A program started as a child, mostly our own again: experiments that are needed first, and
// replicates.
//
// The child dies with us (parent-death signal) and shares stderr. It has a process group of its
// own, so that Ctrl-C reaches it once, through us. A signal that comes before it can handle any
// waits for it; what was ignored here is ignored there.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace bench::harness {

enum class ChildOutput { kInherit, kDiscard };  // of its stdout

// Starts this program with `arguments`, and `environment` ("NAME=value") beside its own; returns
// its process id.
absl::StatusOr<pid_t> StartSelf(const std::vector<std::string>& arguments,
                                const std::vector<std::string>& environment, ChildOutput output);

// The same with its output and its errors behind what is in the file `log`: for children that run
// at the same time.
absl::StatusOr<pid_t> StartSelfLogged(const std::vector<std::string>& arguments,
                                      const std::string& log);

// The exit code that waitpid's `status` stands for: 128 + n when signal n ended the child.
int ExitCodeOfWait(int status);

// The error of a child that ended with `exit_code`, which becomes ours.
absl::Status StatusOfExit(int exit_code, const std::string& message);

// Runs this program with `arguments`, passes signals on to it (signal_relay.h), and returns its
// exit code (128 + n when signal n ended it).
absl::StatusOr<int> RunSelf(const std::vector<std::string>& arguments, ChildOutput output);

// The same for another program, whose path is argv[0], with `environment` beside its own. What is
// handled here has its default there. Few programs expect requests for a checkpoint, which end
// them: decline these first (DeclineCheckpoints).
absl::StatusOr<int> RunOther(const std::vector<std::string>& argv,
                             const std::vector<std::string>& environment);

}  // namespace bench::harness
