#include "harness/run/child_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/process_parts.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/run/signal_relay.h"

namespace bench::harness {
namespace {

// Between fork and exec: async-signal-safe calls only. The signals that the program handles stay
// blocked, also past exec: they wait until its main lets them in (InstallSignalHandlers).
[[noreturn]] void BecomeChild(const char* program, char* const* argv, char* const* environment,
                              ChildOutput output, pid_t parent) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(128 + SIGTERM);  // the parent died before prctl
  if (output == ChildOutput::kDiscard) {
    const int null = ::open("/dev/null", O_WRONLY);
    if (null != -1) ::dup2(null, STDOUT_FILENO);
  }
  ::execve(program, argv, environment);
  ::_exit(static_cast<int>(ExitCode::kEnvironment));
}

absl::StatusOr<int> WaitPassingSignalsOn(pid_t child) {
  constexpr auto kPollInterval = std::chrono::milliseconds(10);
  SignalRelay relay;
  while (true) {
    int status = 0;
    const pid_t ended = ::waitpid(child, &status, WNOHANG);
    if (ended == child) {
      return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    if (ended == -1 && errno != EINTR) {
      return EnvironmentError(absl::StrCat("cannot wait for a child: ", std::strerror(errno)));
    }
    relay.Poll([&](const SignalRelay::Visit& visit) { visit(child); });
    std::this_thread::sleep_for(kPollInterval);
  }
}

absl::StatusOr<pid_t> Start(const char* program, std::vector<std::string> texts,
                            const std::vector<std::string>& environment, ChildOutput output) {
  const std::vector<char*> argv = NullTerminated(texts);
  std::vector<std::string> added = environment;
  std::vector<char*> variables;
  for (std::string& text : added) variables.push_back(text.data());  // the first of a name counts
  for (char** inherited = environ; *inherited != nullptr; ++inherited) {
    variables.push_back(*inherited);
  }
  variables.push_back(nullptr);
  const pid_t parent = ::getpid();
  const sigset_t handled = HandledSignals();
  sigset_t before;
  ::pthread_sigmask(SIG_BLOCK, &handled, &before);
  const pid_t child = ::fork();
  const int error = errno;
  if (child == 0) BecomeChild(program, argv.data(), variables.data(), output, parent);
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
  return Start("/proc/self/exe", std::move(argv), environment, output);
}

absl::StatusOr<int> RunOther(const std::vector<std::string>& argv,
                             const std::vector<std::string>& environment) {
  BENCH_ASSIGN_OR_RETURN(const pid_t child,
                         Start(argv[0].c_str(), argv, environment, ChildOutput::kInherit));
  return WaitPassingSignalsOn(child);
}

absl::StatusOr<int> RunSelf(const std::vector<std::string>& arguments, ChildOutput output) {
  BENCH_ASSIGN_OR_RETURN(const pid_t child, StartSelf(arguments, /*environment=*/{}, output));
  BENCH_ASSIGN_OR_RETURN(const int exit_code, WaitPassingSignalsOn(child));
  if (exit_code == 128 + SIGPIPE) AdoptStopSignal(SIGPIPE);  // its standard error is ours
  return exit_code;
}

}  // namespace bench::harness
