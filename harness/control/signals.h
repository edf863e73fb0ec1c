// What signals ask of a run.
//
// To stop: SIGINT, SIGTERM, SIGHUP (the terminal closes), SIGXCPU (the processor time of `ulimit
// -t` is used up) and SIGPIPE, once nobody reads standard output or error any more (`2>&1 | head`).
// The training loop finishes its step, saves a checkpoint and ends with status interrupted; the
// process then exits 128 + n. Whatever takes longer than a step asks in between (CheckNotStopped)
// or can be left (control/abandonable.h), so that a run ends within 25 s of the signal: launchers
// commonly kill after 30.
//
// To save a checkpoint and go on: SIGUSR1 and SIGUSR2 (SLURM's --signal).
//
// A signal that was ignored when the program started stays ignored (nohup and SIGHUP).
#pragma once

#include <sys/types.h>

#include <csignal>
#include <optional>
#include <string_view>

#include "absl/status/status.h"

namespace bench::harness {

// Installs the handlers, once, in main, and lets in what was held back for them (child_process.h).
// A second SIGINT or SIGTERM ends the process at once. Repeats of the other signals are one with
// the first: a terminal that closes sends SIGHUP from the kernel and from the shell, and every
// write to a broken pipe SIGPIPE.
void InstallSignalHandlers();
// SIGINT, SIGTERM, ...: all that InstallSignalHandlers may handle, but for SIGPIPE, which comes
// from this process' own writes.
sigset_t HandledSignals();

// The signal that asked to stop.
std::optional<int> StopSignal();
// Another rank's, unless it has none (0) or one has come here. The first that then comes here is no
// second one: often all ranks get it, one after the other.
void AdoptStopSignal(int signal);
// For tests: as if `signal` had come; absent: as if none had.
void SetStopSignalForTest(std::optional<int> signal);

// StoppedError once a stop was asked for: for work whose unfinished result is dropped and that a
// resumed run does again.
absl::Status CheckNotStopped();

// As if SIGUSR1 had come.
void RequestCheckpoint();
// Whether a checkpoint was asked for since the last call. Several requests are one; one that comes
// while a checkpoint is written asks for another.
bool TakeCheckpointRequest();
// From here on a request is answered by `line` on stderr, at once, and not taken: for work that
// keeps no checkpoints.
void DeclineCheckpoints(std::string_view line);

// Sends `signal` to `child`, a process of ours, to which it may come a second time by another way
// (process managers signal every process of a job): it is no second one there. kAtOnce: it is, a
// second one has come here.
enum class PassedOn { kOnce, kAtOnce };
void PassOnSignal(pid_t child, int signal, PassedOn how);

// While one lives, a second stop signal does not end this process, which waits for children that
// have to end first: StopAtOnce says that it has come.
class ChildrenEndFirst {
 public:
  ChildrenEndFirst();
  ~ChildrenEndFirst();
  ChildrenEndFirst(const ChildrenEndFirst&) = delete;
  ChildrenEndFirst& operator=(const ChildrenEndFirst&) = delete;
};
bool StopAtOnce();

}  // namespace bench::harness
