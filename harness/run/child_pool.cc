#include "harness/run/child_pool.h"

#include <sys/wait.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <list>
#include <map>
#include <thread>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/run/child_process.h"
#include "harness/run/signal_relay.h"

namespace bench::harness {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kPollInterval = std::chrono::milliseconds(10);
constexpr auto kLaterInterval = std::chrono::milliseconds(300);

class Pool {
 public:
  Pool(const std::vector<PoolChild>& children, const PoolLimits& limits, const PoolCalls& calls)
      : children_(children), limits_(limits), calls_(calls) {
    for (size_t i = 0; i < children.size(); ++i) waiting_.push_back({i, Clock::time_point()});
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() {
    for (const auto& [pid, child] : running_) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, 0);
    }
  }

  absl::Status Run() {
    while (true) {
      if (StopSignal()) waiting_.clear();
      BENCH_RETURN_IF_ERROR(Begin());
      if (running_.empty() && waiting_.empty()) return absl::OkStatus();
      BENCH_RETURN_IF_ERROR(Reap());
      relay_.Poll([this](const SignalRelay::Visit& visit) {
        for (const auto& [pid, child] : running_) visit(pid);
      });
      std::this_thread::sleep_for(kPollInterval);
    }
  }

 private:
  struct Waiting {
    size_t child;
    Clock::time_point not_before;
  };

  bool HasRoom(size_t child) const {
    if (running_.empty()) return true;
    return std::ssize(running_) < limits_.children &&
           threads_ + children_[child].threads <= limits_.threads;
  }

  // Whichever can.
  absl::Status Begin() {
    for (auto next = waiting_.begin(); next != waiting_.end();) {
      if (StopSignal()) return absl::OkStatus();
      if (!HasRoom(next->child) || Clock::now() < next->not_before) {
        ++next;
        continue;
      }
      const Readiness readiness = calls_.ready(next->child);
      if (readiness == Readiness::kLater) {
        next->not_before = Clock::now() + kLaterInterval;
        ++next;
        continue;
      }
      if (readiness == Readiness::kNow) BENCH_RETURN_IF_ERROR(Start(next->child));
      next = waiting_.erase(next);
    }
    return absl::OkStatus();
  }

  absl::Status Start(size_t child) {
    calls_.began(child);
    const PoolChild& started = children_[child];
    BENCH_ASSIGN_OR_RETURN(const pid_t pid, StartSelfLogged(started.arguments, started.log));
    running_[pid] = child;
    threads_ += started.threads;
    return absl::OkStatus();
  }

  absl::Status Reap() {
    for (auto next = running_.begin(); next != running_.end();) {
      const auto [pid, child] = *next;
      int status = 0;
      const pid_t ended = ::waitpid(pid, &status, WNOHANG);
      if (ended == -1 && errno != EINTR) {
        return EnvironmentError(absl::StrCat("cannot wait for a child: ", std::strerror(errno)));
      }
      if (ended != pid) {
        ++next;
        continue;
      }
      next = running_.erase(next);
      threads_ -= children_[child].threads;
      if (calls_.ended(child, ExitCodeOfWait(status)) != Readiness::kLater) continue;
      waiting_.push_back({child, Clock::now() + kLaterInterval});
    }
    return absl::OkStatus();
  }

  const std::vector<PoolChild>& children_;
  const PoolLimits& limits_;
  const PoolCalls& calls_;
  std::list<Waiting> waiting_;
  std::map<pid_t, size_t> running_;
  int64_t threads_ = 0;
  SignalRelay relay_;
};

}  // namespace

absl::Status RunPool(const std::vector<PoolChild>& children, const PoolLimits& limits,
                     const PoolCalls& calls) {
  return Pool(children, limits, calls).Run();
}

}  // namespace bench::harness
