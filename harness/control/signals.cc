#include "harness/control/signals.h"

#include <atomic>
#include <csignal>

#include "base/status.h"

namespace bench::harness {
namespace {

std::atomic<int> g_signal{0};          // that asked to stop
std::atomic<bool> g_signalled{false};  // this process itself
static_assert(std::atomic<int>::is_always_lock_free, "used in a signal handler");

void OnSignal(int signal) {
  if (!g_signalled.exchange(true)) {
    g_signal = signal;
    return;
  }
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

void SetStopSignalForTest(std::optional<int> signal) { g_signal = signal.value_or(0); }

void AdoptStopSignal(int signal) {
  int none = 0;
  g_signal.compare_exchange_strong(none, signal);
}

absl::Status CheckNotStopped() {
  if (!StopSignal()) return absl::OkStatus();
  return StoppedError();
}

}  // namespace bench::harness
