#include "harness/control/signals.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/control/terminal.h"

namespace bench::harness {
namespace {

constexpr std::array kStopSignals = {SIGINT, SIGTERM, SIGHUP, SIGXCPU, SIGPIPE};
constexpr std::array kCheckpointSignals = {SIGUSR1, SIGUSR2};

// What PassOnSignal sends along; anything else is a signal like any other.
constexpr int kPassedOnce = 0x42454e43;
constexpr int kPassedAtOnce = kPassedOnce + 1;

std::atomic<int> g_signal{0};            // that asked to stop
std::atomic<bool> g_signalled{false};    // this process itself
std::atomic<bool> g_interrupted{false};  // by a SIGINT or SIGTERM that was not passed on
std::atomic<bool> g_at_once{false};
std::atomic<int> g_waiting{0};  // ChildrenEndFirst
std::atomic<bool> g_checkpoint{false};
std::atomic<const std::string*> g_decline{nullptr};
static_assert(std::atomic<int>::is_always_lock_free, "used in a signal handler");
static_assert(std::atomic<bool>::is_always_lock_free, "used in a signal handler");
static_assert(std::atomic<const std::string*>::is_always_lock_free, "used in a signal handler");

// Nobody reads any more what this process writes.
bool OwnStreamIsBroken() {
  std::array<pollfd, 2> streams = {pollfd{STDOUT_FILENO, 0, 0}, pollfd{STDERR_FILENO, 0, 0}};
  ::poll(streams.data(), streams.size(), 0);
  return ((streams[0].revents | streams[1].revents) & (POLLERR | POLLHUP)) != 0;
}

// A SIGPIPE of this process' own may be that of a socket to another rank, whose loss is found
// elsewhere.
bool AsksToStop(int signal, const siginfo_t& info) {
  return signal != SIGPIPE || info.si_pid != ::getpid() || OwnStreamIsBroken();
}

bool IsSecond(int signal, int passed_on) {
  if (passed_on == kPassedAtOnce) return true;
  if (passed_on == kPassedOnce || (signal != SIGINT && signal != SIGTERM)) return false;
  return g_interrupted.exchange(true);
}

void OnStop(int signal, siginfo_t* info, void*) {
  const int saved_errno = errno;
  if (AsksToStop(signal, *info)) {
    if (!g_signalled.exchange(true)) g_signal = signal;
    const int passed_on = info->si_code == SI_QUEUE ? info->si_value.sival_int : 0;
    if (IsSecond(signal, passed_on)) {
      g_at_once = true;
      if (g_waiting == 0) {
        std::signal(signal, SIG_DFL);
        std::raise(signal);
      }
    }
  }
  errno = saved_errno;
}

void OnCheckpoint(int) {
  const int saved_errno = errno;
  const std::string* decline = g_decline;
  if (decline == nullptr) {
    g_checkpoint = true;
  } else if (::write(STDERR_FILENO, decline->data(), decline->size()) == -1) {
    // Nobody is there to read it.
  }
  errno = saved_errno;
}

void Handle(int signal, const struct sigaction& action) {
  struct sigaction before = {};
  if (sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) return;
  sigaction(signal, &action, nullptr);
}

}  // namespace

void InstallSignalHandlers() {
  struct sigaction stop = {};
  stop.sa_sigaction = OnStop;
  stop.sa_flags = SA_SIGINFO;
  for (const int signal : kStopSignals) Handle(signal, stop);
  struct sigaction checkpoint = {};
  checkpoint.sa_handler = OnCheckpoint;
  checkpoint.sa_flags = SA_RESTART;  // what goes on should not notice
  for (const int signal : kCheckpointSignals) Handle(signal, checkpoint);
  const sigset_t handled = HandledSignals();
  ::pthread_sigmask(SIG_UNBLOCK, &handled, nullptr);
}

sigset_t HandledSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : kStopSignals) {
    if (signal != SIGPIPE) sigaddset(&signals, signal);
  }
  for (const int signal : kCheckpointSignals) sigaddset(&signals, signal);
  return signals;
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

void RequestCheckpoint() { g_checkpoint = true; }

bool TakeCheckpointRequest() { return g_checkpoint.exchange(false); }

void DeclineCheckpoints(std::string_view line) {
  // Never freed: a handler may be reading it.
  static const std::string* const text =
      new std::string(absl::StrCat(CanRedraw() ? kClearLine : "", internal::View(line), "\n"));
  g_decline = text;
  if (TakeCheckpointRequest()) OnCheckpoint(kCheckpointSignals.front());
}

void PassOnSignal(pid_t child, int signal, PassedOn how) {
  sigval value = {};
  value.sival_int = how == PassedOn::kAtOnce ? kPassedAtOnce : kPassedOnce;
  ::sigqueue(child, signal, value);
}

ChildrenEndFirst::ChildrenEndFirst() { ++g_waiting; }
ChildrenEndFirst::~ChildrenEndFirst() { --g_waiting; }

bool StopAtOnce() { return g_at_once; }

}  // namespace bench::harness
