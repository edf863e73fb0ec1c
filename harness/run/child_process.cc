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

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/control/signals.h"

namespace bench::harness {
namespace {

// Between fork and exec: async-signal-safe calls only.
[[noreturn]] void BecomeChild(char* const* argv, ChildOutput output, pid_t parent) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(128 + SIGTERM);  // the parent died before prctl
  if (output == ChildOutput::kDiscard) {
    const int null = ::open("/dev/null", O_WRONLY);
    if (null != -1) ::dup2(null, STDOUT_FILENO);
  }
  ::execv("/proc/self/exe", argv);
  ::_exit(static_cast<int>(ExitCode::kEnvironment));
}

// Polls, because a signal that comes just before a blocking wait would not interrupt it.
absl::StatusOr<int> WaitForwardingSignals(pid_t child) {
  constexpr auto kPollInterval = std::chrono::milliseconds(10);
  bool forwarded = false;
  while (true) {
    int status = 0;
    const pid_t ended = ::waitpid(child, &status, WNOHANG);
    if (ended == child) {
      return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    if (ended == -1 && errno != EINTR) {
      return EnvironmentError(absl::StrCat("cannot wait for a child: ", std::strerror(errno)));
    }
    if (const auto signal = StopSignal(); signal && !forwarded) {
      ::kill(child, *signal);
      forwarded = true;
    }
    std::this_thread::sleep_for(kPollInterval);
  }
}

}  // namespace

absl::StatusOr<int> RunSelf(const std::vector<std::string>& arguments, ChildOutput output) {
  std::vector<std::string> texts = {"bench-run"};
  texts.insert(texts.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& text : texts) argv.push_back(text.data());
  argv.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == -1) {
    return EnvironmentError(absl::StrCat("cannot start a child: ", std::strerror(errno)));
  }
  if (child == 0) BecomeChild(argv.data(), output, parent);
  return WaitForwardingSignals(child);
}

}  // namespace bench::harness
