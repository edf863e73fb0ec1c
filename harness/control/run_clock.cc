#include "harness/control/run_clock.h"

#include <chrono>
#include <cstddef>
#include <utility>

#include "harness/control/process_clock.h"

namespace bench::harness {
namespace {

double SteadySeconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

}  // namespace

RunClock::RunClock(std::optional<double> setup_seconds, Now now)
    : setup_seconds_(setup_seconds), now_(std::move(now)), since_(now_()) {}

RunClock RunClock::Start() { return RunClock(SecondsSinceProcessStart(), SteadySeconds); }

double RunClock::Seconds(Account account) const {
  const double until_switch = seconds_[static_cast<size_t>(account)];
  return account == account_ ? until_switch + now_() - since_ : until_switch;
}

RunClock::Account RunClock::Switch(Account account) {
  const double now = now_();
  seconds_[static_cast<size_t>(account_)] += now - since_;
  since_ = now;
  return std::exchange(account_, account);
}

}  // namespace bench::harness
