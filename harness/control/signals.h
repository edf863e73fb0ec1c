// SIGINT and SIGTERM as a request to stop: the training loop finishes its step, saves a checkpoint
// and ends with status interrupted; the process then exits 128 + n. Whatever takes longer than a
// step asks in between (CheckNotStopped) or can be left (control/abandonable.h), so that a run ends
// within 25 s of the signal: launchers commonly kill after 30.
#pragma once

#include <optional>

#include "absl/status/status.h"

namespace bench::harness {

// Installs the handlers, once, in main. A second signal ends the process at once.
void InstallStopHandlers();
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

}  // namespace bench::harness
