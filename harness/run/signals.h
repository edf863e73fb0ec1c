// SIGINT and SIGTERM as a request to stop: the training loop finishes its step, saves a checkpoint
// and ends with status interrupted; the process then exits 128 + n.
#pragma once

#include <optional>

namespace bench::harness {

// Installs the handlers, once, in main. A second signal ends the process at once.
void InstallStopHandlers();
// The signal that asked to stop.
std::optional<int> StopSignal();

}  // namespace bench::harness
