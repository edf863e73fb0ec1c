#include "harness/run/signal_relay.h"

#include <csignal>

namespace bench::harness {

void SignalRelay::Poll(const std::function<void(const Visit&)>& for_each) {
  if (const auto signal = StopSignal(); signal && !stopped_) {
    for_each([&](pid_t child) { PassOnSignal(child, *signal, PassedOn::kOnce); });
    stopped_ = signal;
  }
  if (StopAtOnce() && stopped_) {
    if (!at_once_) at_once_ = Clock::now();
    const bool late = Clock::now() - *at_once_ > kPatienceAtOnce;
    // Again and again: the first may still wait for a child that is starting, which loses this one.
    for_each([&](pid_t child) {
      if (late) ::kill(child, SIGKILL);
      PassOnSignal(child, *stopped_, PassedOn::kAtOnce);
    });
  }
  if (TakeCheckpointRequest()) {
    for_each([](pid_t child) { PassOnSignal(child, SIGUSR1, PassedOn::kOnce); });
  }
}

}  // namespace bench::harness
