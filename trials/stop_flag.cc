#include "trials/stop_flag.h"

#include <csignal>

namespace bench::trials {
namespace {

volatile std::sig_atomic_t stop_signal = 0;

void OnSignal(int signal) { stop_signal = signal; }

}  // namespace

void HeedStopSignals() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before = {};
    ::sigaction(signal, nullptr, &before);
    if (before.sa_handler == SIG_IGN) continue;
    struct sigaction action = {};
    action.sa_handler = OnSignal;
    action.sa_flags = static_cast<int>(SA_RESETHAND);  // the second one is not handled
    ::sigaction(signal, &action, nullptr);
  }
}

std::optional<int> StopRequested() {
  return stop_signal == 0 ? std::nullopt : std::optional<int>(stop_signal);
}

}  // namespace bench::trials
