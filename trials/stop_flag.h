// SIGINT, SIGTERM and SIGHUP ask a trial to end; what is complete of it stays.
#pragma once

#include <optional>

namespace bench::trials {

// Once, before the first run. A second signal ends the process at once. One that was ignored stays
// ignored.
void HeedStopSignals();

// The signal that came.
std::optional<int> StopRequested();

}  // namespace bench::trials
