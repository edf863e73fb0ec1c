#include "harness/run/child_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <optional>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/process_parts.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/run/signal_relay.h"

namespace bench::harness {
namespace {

// What a child becomes.
struct Program {
  const char* path;
  char* const* argv;
  char* const* environment;
  ChildOutput output;
  const char* log;  // of output and errors; null: none
  bool is_own;
};

// The signals in `handled`, which are blocked, have their defaults again and come in as before. In
// this order: one that waits is not to meet the handlers that were inherited from the parent.
void LetSignalsIn(const sigset_t& handled, const sigset_t& before) {
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction action = {};
    if (sigismember(&handled, signal) != 1 || sigaction(signal, nullptr, &action) != 0) continue;
    if (action.sa_handler != SIG_IGN) std::signal(signal, SIG_DFL);
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

// Between fork and exec: async-signal-safe calls only. For our own program the signals that it
// handles stay blocked, also past exec: they wait until its main lets them in
// (InstallSignalHandlers). Another program would never let them in.
[[noreturn]] void BecomeChild(const Program& program, pid_t parent, const sigset_t& handled,
                              const sigset_t& before) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(128 + SIGTERM);  // the parent died before prctl
  if (program.output == ChildOutput::kDiscard) {
    const int null = ::open("/dev/null", O_WRONLY);
    if (null != -1) ::dup2(null, STDOUT_FILENO);
  }
  if (program.log != nullptr) {
    const int log = ::open(program.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (log != -1) {
      ::dup2(log, STDOUT_FILENO);
      ::dup2(log, STDERR_FILENO);
    }
  }
  if (!program.is_own) LetSignalsIn(handled, before);
  ::execve(program.path, program.argv, program.environment);
  constexpr char kLine[] =
      "bench-run: error: a program that was to be started cannot be executed\n";
  if (::write(STDERR_FILENO, kLine, sizeof(kLine) - 1) == -1) {
    // Nobody is there to read it.
  }
  ::_exit(static_cast<int>(ExitCode::kEnvironment));
}

absl::StatusOr<int> WaitPassingSignalsOn(pid_t child) {
  constexpr auto kPollInterval = std::chrono::milliseconds(10);
  SignalRelay relay;
  while (true) {
    int status = 0;
    const pid_t ended = ::waitpid(child, &status, WNOHANG);
    if (ended == child) return ExitCodeOfWait(status);
    if (ended == -1 && errno != EINTR) {
      return EnvironmentError(absl::StrCat("cannot wait for a child: ", std::strerror(errno)));
    }
    relay.Poll([&](const SignalRelay::Visit& visit) { visit(child); });
    std::this_thread::sleep_for(kPollInterval);
  }
}

// Where the output of a child goes.
struct Streams {
  ChildOutput output = ChildOutput::kInherit;
  const char* log = nullptr;
};

// `path`: of another program than our own; absent: our own.
absl::StatusOr<pid_t> Start(const std::optional<std::string>& path, std::vector<std::string> texts,
                            const std::vector<std::string>& environment, const Streams& streams) {
  const std::vector<char*> argv = NullTerminated(texts);
  std::vector<std::string> added = environment;
  std::vector<char*> variables;
  for (std::string& text : added) variables.push_back(text.data());  // the first of a name counts
  for (char** inherited = environ; *inherited != nullptr; ++inherited) {
    variables.push_back(*inherited);
  }
  variables.push_back(nullptr);
  const Program program = {.path = path ? path->c_str() : "/proc/self/exe",
                           .argv = argv.data(),
                           .environment = variables.data(),
                           .output = streams.output,
                           .log = streams.log,
                           .is_own = !path.has_value()};
  const pid_t parent = ::getpid();
  const sigset_t handled = HandledSignals();
  sigset_t before;
  ::pthread_sigmask(SIG_BLOCK, &handled, &before);
  const pid_t child = ::fork();
  const int error = errno;
  if (child == 0) BecomeChild(program, parent, handled, before);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (child == -1) {
    return EnvironmentError(absl::StrCat("cannot start a child: ", std::strerror(error)));
  }
  return child;
}

}  // namespace

absl::StatusOr<pid_t> StartSelf(const std::vector<std::string>& arguments,
                                const std::vector<std::string>& environment, ChildOutput output) {
  std::vector<std::string> argv = {"bench-run"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return Start(/*path=*/std::nullopt, std::move(argv), environment, {.output = output});
}

absl::StatusOr<pid_t> StartSelfLogged(const std::vector<std::string>& arguments,
                                      const std::string& log) {
  std::vector<std::string> argv = {"bench-run"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return Start(/*path=*/std::nullopt, std::move(argv), /*environment=*/{}, {.log = log.c_str()});
}

int ExitCodeOfWait(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

absl::Status StatusOfExit(int exit_code, const std::string& message) {
  switch (static_cast<ExitCode>(exit_code)) {
    case ExitCode::kRegressed:
      return RejectedError(message);
    case ExitCode::kUsage:
      return UsageError(message);
    case ExitCode::kIncomparable:
      return IncomparableError(message);
    case ExitCode::kBadData:
      return DataError(message);
    default:
      return EnvironmentError(message);
  }
}

absl::StatusOr<int> RunOther(const std::vector<std::string>& argv,
                             const std::vector<std::string>& environment) {
  BENCH_ASSIGN_OR_RETURN(const pid_t child, Start(argv[0], argv, environment, /*streams=*/{}));
  return WaitPassingSignalsOn(child);
}

absl::StatusOr<int> RunSelf(const std::vector<std::string>& arguments, ChildOutput output) {
  BENCH_ASSIGN_OR_RETURN(const pid_t child, StartSelf(arguments, /*environment=*/{}, output));
  BENCH_ASSIGN_OR_RETURN(const int exit_code, WaitPassingSignalsOn(child));
  if (exit_code == 128 + SIGPIPE) AdoptStopSignal(SIGPIPE);  // its standard error is ours
  return exit_code;
}

}  // namespace bench::harness
