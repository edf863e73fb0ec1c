#include "harness/run/local_ranks.h"

#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>
#include <thread>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/control/progress.h"
#include "harness/distributed/rank_store.h"
#include "harness/run/child_process.h"
#include "harness/run/replicates.h"
#include "harness/run/signal_relay.h"

namespace bench::harness {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kPollInterval = std::chrono::milliseconds(10);
constexpr int kKilled = static_cast<int>(ExitCode::kEnvironment);
constexpr auto kPatienceWithStopped = std::chrono::seconds(5);

std::vector<std::string> EnvironmentOf(int64_t rank, int64_t num_ranks, uint16_t port) {
  return {absl::StrCat("RANK=", rank),
          absl::StrCat("WORLD_SIZE=", num_ranks),
          absl::StrCat("LOCAL_RANK=", rank),
          absl::StrCat("LOCAL_WORLD_SIZE=", num_ranks),
          "MASTER_ADDR=127.0.0.1",
          absl::StrCat("MASTER_PORT=", port),
          "TORCHELASTIC_USE_AGENT_STORE=True",
          "TORCHELASTIC_RESTART_COUNT=0"};
}

class LocalRanks {
 public:
  explicit LocalRanks(RankStore store) : store_(std::move(store)) {}
  ~LocalRanks() { SignalAll(SIGKILL); }

  absl::Status Start(const Options& options) {
    const std::vector<std::string> arguments = RankArguments(options);
    for (int64_t rank = 0; rank < *options.num_ranks; ++rank) {
      BENCH_ASSIGN_OR_RETURN(
          const pid_t child,
          StartSelf(arguments, EnvironmentOf(rank, *options.num_ranks, store_.port()),
                    rank == 0 ? ChildOutput::kInherit : ChildOutput::kDiscard));
      running_[child] = rank;
    }
    return absl::OkStatus();
  }

  // Until all have ended.
  absl::Status Watch() {
    while (!running_.empty()) {
      BENCH_RETURN_IF_ERROR(Reap());
      relay_.Poll([this](const SignalRelay::Visit& visit) {
        for (const auto& [child, rank] : running_) visit(child);
      });
      if (failed_at_) EndTheRest(Clock::now() - *failed_at_);
      std::this_thread::sleep_for(kPollInterval);
    }
    return absl::OkStatus();
  }

  int exit_code() const { return exit_code_; }

 private:
  absl::Status Reap() {
    int status = 0;
    const pid_t ended = ::waitpid(-1, &status, WNOHANG);
    if (ended == 0 || (ended == -1 && errno == EINTR)) return absl::OkStatus();
    if (ended == -1) {
      return EnvironmentError(absl::StrCat("cannot wait for the ranks: ", std::strerror(errno)));
    }
    const auto found = running_.find(ended);
    if (found == running_.end()) return absl::OkStatus();
    const int64_t rank = found->second;
    running_.erase(found);
    Ended(rank, status);
    return absl::OkStatus();
  }

  void Ended(int64_t rank, int status) {
    const bool killed = WIFSIGNALED(status);
    const bool as_asked = killed && (relay_.stopped() == WTERMSIG(status) || StopAtOnce());
    const int code = !killed ? WEXITSTATUS(status) : as_asked ? 128 + *relay_.stopped() : kKilled;
    // Ranks end with the code of the first that failed; those that are stopped then, with another.
    if (!failed_at_) exit_code_ = WorseExitCode(exit_code_, code);
    if (EndedInOrder(code) || failed_at_) return;
    failed_at_ = Clock::now();
    Report(absl::StrCat("rank ", rank,
                        killed ? absl::StrCat(" was killed by signal ", WTERMSIG(status))
                               : absl::StrCat(" ended with exit code ", code)));
  }

  // Also when it is not accepted, or was asked to stop, as one rank may be for all.
  static bool EndedInOrder(int code) {
    return code == static_cast<int>(ExitCode::kOk) ||
           code == static_cast<int>(ExitCode::kRegressed) || code > 128;
  }

  // Unless a rank has said why.
  void Report(const std::string& reason) {
    if (!store_.LeaveReason(reason)) return;
    progress_.Note(absl::StrCat("bench-run: error: ", reason, "; --resume continues the run"));
  }

  void EndTheRest(Clock::duration since) {
    const int signal = since > kPatienceWithRanks + kPatienceWithStopped ? SIGKILL
                       : since > kPatienceWithRanks                      ? SIGTERM
                                                                         : 0;
    if (signal == last_signal_) return;
    last_signal_ = signal;
    SignalAll(signal);
  }

  void SignalAll(int signal) const {
    for (const auto& [child, rank] : running_) ::kill(child, signal);
  }

  static std::vector<std::string> RankArguments(const Options& options);

  RankStore store_;
  SignalRelay relay_;
  std::map<pid_t, int64_t> running_;
  Progress progress_;
  int exit_code_ = 0;
  int last_signal_ = 0;
  std::optional<Clock::time_point> failed_at_;
};

std::vector<std::string> LocalRanks::RankArguments(const Options& options) {
  Options of_one = options;
  of_one.num_ranks.reset();
  return RunArguments(of_one);
}

}  // namespace

absl::StatusOr<int> RunLocalRanks(const Options& options) {
  const std::chrono::seconds most = RankStore::kUsualTimeout;
  BENCH_ASSIGN_OR_RETURN(RankStore store,
                         RankStore::Open(std::chrono::seconds(std::min<int64_t>(
                             options.rank_timeout_s.value_or(most.count()), most.count()))));
  LocalRanks ranks(std::move(store));
  BENCH_RETURN_IF_ERROR(ranks.Start(options));
  BENCH_RETURN_IF_ERROR(ranks.Watch());
  return ranks.exit_code();
}

}  // namespace bench::harness
