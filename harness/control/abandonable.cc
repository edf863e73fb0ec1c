#include "harness/control/abandonable.h"

#include <atomic>

#include "base/status.h"
#include "harness/control/signals.h"

namespace bench::harness {
namespace {

// A signal handler cannot wake a condition variable, so this asks.
constexpr auto kPollInterval = std::chrono::milliseconds(20);

std::atomic<bool> g_abandoned{false};

}  // namespace

bool WorkWasAbandoned() { return g_abandoned; }

absl::Status internal::AwaitOrAbandon(
    const std::function<bool(std::chrono::milliseconds)>& ended_within, const AbandonWhen& when) {
  using Clock = std::chrono::steady_clock;
  std::optional<Clock::time_point> stopped;
  while (!ended_within(kPollInterval)) {
    const Clock::time_point now = Clock::now();
    if (StopSignal() && !stopped) stopped = now;
    const bool stop = stopped && now - *stopped >= when.after_stop;
    if (!stop && (!when.deadline || now < *when.deadline)) continue;
    g_abandoned = true;
    return stop ? StoppedError() : when.too_late;
  }
  return absl::OkStatus();
}

}  // namespace bench::harness
