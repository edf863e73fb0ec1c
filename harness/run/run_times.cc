#include "harness/run/run_times.h"

#include "results/metrics.h"

namespace bench::harness {

std::vector<results::MetricValue> TimesOf(const RunClock& clock, const Ranks& ranks) {
  using Account = RunClock::Account;
  std::vector<results::MetricValue> times = {
      {{&results::kWallTime, ""}, clock.Seconds()},
      {{&results::kPrerequisitesTime, ""}, clock.Seconds(Account::kPrerequisites)}};
  if (!ranks.alone()) {
    times.push_back({{&results::kRankWaitTime, ""}, clock.Seconds(Account::kRanks)});
  }
  if (const auto setup = clock.setup_seconds()) {
    times.push_back({{&results::kSetupTime, ""}, *setup});
  }
  return times;
}

}  // namespace bench::harness
