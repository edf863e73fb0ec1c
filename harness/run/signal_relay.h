// What comes to a process that waits for children, passed on to them: the first stop signal, that a
// second one has come, and requests for a checkpoint, each once.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <optional>

#include "harness/control/signals.h"

namespace bench::harness {

// How long a second stop signal waits for the children before they are killed.
inline constexpr std::chrono::seconds kPatienceAtOnce{1};

class SignalRelay {
 public:
  // Passes what is new on to each of the children that `for_each` visits. Polled, because a signal
  // that comes just before a blocking wait would not interrupt it.
  using Visit = std::function<void(pid_t)>;
  void Poll(const std::function<void(const Visit&)>& for_each);
  // The stop signal that was passed on.
  std::optional<int> stopped() const { return stopped_; }

 private:
  using Clock = std::chrono::steady_clock;
  ChildrenEndFirst end_first_;
  std::optional<int> stopped_;
  std::optional<Clock::time_point> at_once_;
};

}  // namespace bench::harness
