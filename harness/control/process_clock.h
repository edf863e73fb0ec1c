// Time since this process was started by the kernel (set-up wrapper, loading and linking included),
// in seconds by the clock that counts from boot; absent where /proc does not tell. Durations of a
// run are those of its own clock (run_clock.h).
#pragma once

#include <optional>

namespace bench::harness {

std::optional<double> SecondsSinceProcessStart();

}  // namespace bench::harness
