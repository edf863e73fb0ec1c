#include "base/limited_child.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench {
namespace {

// How the child says that an allocation failed.
constexpr int kOutOfMemoryExit = 97;
// What ends a process from outside; any other signal is its own doing.
constexpr std::array<int, 6> kOutsideSignals = {SIGHUP, SIGINT, SIGQUIT, SIGKILL, SIGPIPE, SIGTERM};

void Limit(decltype(RLIMIT_CPU) resource, int64_t value) {
  rlimit limit;
  if (::getrlimit(resource, &limit) == -1) return;
  limit.rlim_cur = std::min(static_cast<rlim_t>(value), limit.rlim_max);
  ::setrlimit(resource, &limit);
}

// A process that has loaded a GPU's libraries has hundreds of GiB of it.
int64_t AddressSpaceBytes() {
  int64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * ::sysconf(_SC_PAGESIZE);
}

// The caller's handlers must not be in force here; what is ignored (by nohup, say) stays ignored.
void ResetHandlers() {
  for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGXCPU}) {
    std::signal(signal, SIG_DFL);
  }
  for (const int signal : kOutsideSignals) {
    struct sigaction action = {};
    ::sigaction(signal, nullptr, &action);
    if (action.sa_handler != SIG_IGN) std::signal(signal, SIG_DFL);
  }
}

void LimitThisProcess(const ChildLimits& limits) {
  ResetHandlers();
  Limit(RLIMIT_CORE, 0);
  Limit(RLIMIT_CPU, limits.processor_s);
#ifndef __SANITIZE_ADDRESS__
  Limit(RLIMIT_AS, AddressSpaceBytes() + limits.memory_bytes);
#endif
  std::set_new_handler([] { ::_exit(kOutOfMemoryExit); });
  const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (null != -1) ::dup2(null, STDERR_FILENO);  // what a dying library prints
}

// The reading ends of this process's children's pipes. A child that kept one would keep the child
// that writes to it from noticing that nobody reads any more.
std::vector<int>& ReadingEnds() {
  static std::vector<int> ends;
  return ends;
}

void CloseReadingEnd(int in) {
  std::erase(ReadingEnds(), in);
  ::close(in);
}

// Whatever ends the caller ends the child: its work may take long, and nobody wants it.
void EndWith(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);  // it ended before
}

// A child's side of what it is started with.
struct Descent {
  pid_t parent;
  int out;  // the writing end of its pipe
};

// noexcept: an exception must not reach the caller's code in the child.
[[noreturn]] void RunChild(const ChildLimits& limits, const std::function<std::string()>& work,
                           const Descent& descent) noexcept {
  for (const int in : ReadingEnds()) ::close(in);
  EndWith(descent.parent);
  LimitThisProcess(limits);
  const std::string answer = work();
  std::string_view rest = answer;
  while (!rest.empty()) {
    const ssize_t n = ::write(descent.out, rest.data(), rest.size());
    if (n == -1 && errno != EINTR) break;
    if (n > 0) rest.remove_prefix(static_cast<size_t>(n));
  }
  ::_exit(rest.empty() ? 0 : 1);
}

absl::StatusOr<std::string> ReadAnswer(int in, int64_t max_bytes) {
  std::string answer;
  std::string block(1 << 16, '\0');
  while (true) {
    const ssize_t n = ::read(in, block.data(), block.size());
    if (n == -1 && errno == EINTR) continue;
    if (n == -1) {
      return EnvironmentError(absl::StrCat("cannot read a pipe: ", std::strerror(errno)));
    }
    if (n == 0) return answer;
    answer.append(block, 0, static_cast<size_t>(n));
    if (std::ssize(answer) > max_bytes) return DataError("holds too much to read");
  }
}

absl::Status StatusOf(int wait_status, const ChildLimits& limits) {
  if (WIFEXITED(wait_status)) {
    const int exit_code = WEXITSTATUS(wait_status);
    if (exit_code == 0) return absl::OkStatus();
    if (exit_code == kOutOfMemoryExit) {
      return DataError(
          absl::StrCat("reading it needs more than ", limits.memory_bytes >> 20, " MiB of memory"));
    }
    return DataError(absl::StrCat("reading it crashes (exit code ", exit_code, ")"));
  }
  const int signal = WTERMSIG(wait_status);
  if (signal == SIGXCPU) {
    return DataError(
        absl::StrCat("reading it takes more than ", limits.processor_s, " s of processor time"));
  }
  if (std::find(kOutsideSignals.begin(), kOutsideSignals.end(), signal) != kOutsideSignals.end()) {
    return EnvironmentError(
        absl::StrCat("reading it was interrupted (signal ", signal, "); try again"));
  }
  return DataError(absl::StrCat("reading it crashes (signal ", signal, ")"));
}

int WaitFor(pid_t child) {
  int wait_status = 0;
  while (::waitpid(child, &wait_status, 0) == -1 && errno == EINTR) {
  }
  return wait_status;
}

}  // namespace

absl::StatusOr<LimitedChild> LimitedChild::Start(const ChildLimits& limits,
                                                 const std::function<std::string()>& work) {
  int pipe_fds[2];
  if (::pipe2(pipe_fds, O_CLOEXEC) == -1) {
    return EnvironmentError(absl::StrCat("cannot make a pipe: ", std::strerror(errno)));
  }
  ReadingEnds().push_back(pipe_fds[0]);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) RunChild(limits, work, {parent, pipe_fds[1]});
  const int fork_error = errno;
  ::close(pipe_fds[1]);
  if (child == -1) {
    CloseReadingEnd(pipe_fds[0]);
    return EnvironmentError(absl::StrCat("cannot start a process: ", std::strerror(fork_error)));
  }
  return LimitedChild(limits, child, pipe_fds[0]);
}

LimitedChild::LimitedChild(LimitedChild&& other) noexcept { *this = std::move(other); }

LimitedChild& LimitedChild::operator=(LimitedChild&& other) noexcept {
  std::swap(limits_, other.limits_);
  std::swap(child_, other.child_);
  std::swap(in_, other.in_);
  return *this;
}

LimitedChild::~LimitedChild() {
  if (child_ == -1) return;
  ::kill(child_, SIGKILL);
  WaitFor(child_);
  CloseReadingEnd(in_);
}

absl::StatusOr<std::string> LimitedChild::Answer() && {
  absl::StatusOr<std::string> answer = ReadAnswer(in_, limits_.answer_bytes);
  if (!answer.ok()) ::kill(child_, SIGKILL);
  const int wait_status = WaitFor(std::exchange(child_, -1));
  CloseReadingEnd(in_);
  if (!answer.ok()) return answer;
  BENCH_RETURN_IF_ERROR(StatusOf(wait_status, limits_));
  return answer;
}

absl::StatusOr<std::string> RunInLimitedChild(const ChildLimits& limits,
                                              const std::function<std::string()>& work) {
  BENCH_ASSIGN_OR_RETURN(LimitedChild child, LimitedChild::Start(limits, work));
  return std::move(child).Answer();
}

}  // namespace bench
