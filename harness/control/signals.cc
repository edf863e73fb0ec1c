#include "harness/control/signals.h"

#include <atomic>
#include <csignal>

#include "base/status.h"

namespace bench::harness {
namespace {

std::atomic<int> g_signal{0};
static_assert(std::atomic<int>::is_always_lock_free, "used in a signal handler");

void OnSignal(int signal) {
  if (g_signal.exchange(signal) == 0) return;
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

}  // namespace

void InstallStopHandlers() {
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

std::optional<int> StopSignal() {
  const int signal = g_signal.load();
  if (signal == 0) return std::nullopt;
  return signal;
}

void SetStopSignal(std::optional<int> signal) { g_signal = signal.value_or(0); }

absl::Status CheckNotStopped() {
  if (!StopSignal()) return absl::OkStatus();
  return StoppedError();
}

}  // namespace bench::harness
