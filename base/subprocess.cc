#include "base/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>

#include "absl/cleanup/cleanup.h"
#include "base/process_parts.h"
#include "base/status.h"

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;

// "NAME=value" strings of the child's environment.
std::vector<std::string> ChildEnvironment(const ProgramOptions& options) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::string name = text.substr(0, text.find('='));
    const auto& removed = options.removed_variables;
    if (std::find(removed.begin(), removed.end(), name) != removed.end()) continue;
    if (options.environment.contains(name)) continue;
    result.push_back(text);
  }
  for (const auto& [name, value] : options.environment) {
    result.push_back(absl::StrCat(name, "=", value));
  }
  return result;
}

// A group of its own, an empty signal mask and default dispositions (errno as the return value).
int SetAttributes(posix_spawnattr_t* attributes) {
  sigset_t none, all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(attributes, &none);
  ::posix_spawnattr_setsigdefault(attributes, &all);
  ::posix_spawnattr_setpgroup(attributes, 0);
  return ::posix_spawnattr_setflags(
      attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
}

// The child's process id, or the error number as a negative one.
pid_t Spawn(std::vector<std::string> argv, const ProgramOptions& options, int out, int err) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  absl::Cleanup destroy = [&] {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  };
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
  if (!options.folder.empty()) {
    ::posix_spawn_file_actions_addchdir_np(&actions, options.folder.c_str());
  }
  if (const int error = SetAttributes(&attributes); error != 0) return -error;
  std::vector<std::string> environment = ChildEnvironment(options);
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, argv[0].c_str(), &actions, &attributes,
                                   NullTerminated(argv).data(), NullTerminated(environment).data());
  return error == 0 ? pid : -error;
}

// Appends what is there to `text`; false at the end of the stream.
bool Drain(int fd, std::string& text) {
  std::array<char, 1 << 16> block;
  const ssize_t n = ::read(fd, block.data(), block.size());
  if (n > 0) text.append(block.data(), static_cast<size_t>(n));
  return n > 0 || (n == -1 && errno == EINTR);
}

// The end of patience: a limit, or the caller's wish.
class Patience {
 public:
  Patience(const ProgramOptions& options, Clock::time_point deadline)
      : cancelled_(options.cancelled), deadline_(deadline) {}

  int64_t LeftMs() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
  }
  bool Cancelled() const { return cancelled_ && cancelled_(); }
  bool Ended() const { return LeftMs() <= 0 || Cancelled(); }

 private:
  const std::function<bool()>& cancelled_;
  Clock::time_point deadline_;
};

// Reads both streams to their ends; the reason if a limit was reached first.
std::optional<std::string> Collect(Pipe& out, Pipe& err, const ProgramOptions& options,
                                   const Patience& patience, ProgramOutput& output) {
  while (out.read != -1 || err.read != -1) {
    if (patience.Ended()) return "did not end in time";
    std::array<pollfd, 2> polled = {pollfd{out.read, POLLIN, 0}, pollfd{err.read, POLLIN, 0}};
    ::poll(polled.data(), polled.size(),
           static_cast<int>(std::clamp<int64_t>(patience.LeftMs(), 0, 1000)));
    if (polled[0].revents != 0 && !Drain(out.read, output.out)) Pipe::Close(out.read);
    if (polled[1].revents != 0 && !Drain(err.read, output.err)) Pipe::Close(err.read);
    const auto largest = static_cast<int64_t>(std::max(output.out.size(), output.err.size()));
    if (largest > options.max_output_bytes) return "printed too much";
  }
  return std::nullopt;
}

// Waits for `pid` as long as patience lasts; absent if it is still running then. A program may
// close its streams and go on, so this polls (the usual case is that it is gone at the first look).
std::optional<int> Reap(pid_t pid, const Patience& patience) {
  int wait_status = 0;
  while (true) {
    const pid_t done = ::waitpid(pid, &wait_status, WNOHANG);
    if (done == pid) return wait_status;
    if (done == -1 && errno != EINTR) return std::nullopt;
    if (patience.Ended()) return std::nullopt;
    ::poll(nullptr, 0, 1);
  }
}

// Its group with it; what of the group outlives the program is killed too.
void EndGroup(pid_t pid, std::chrono::milliseconds grace) {
  if (grace.count() > 0) {
    ::kill(-pid, SIGTERM);
    const Clock::time_point deadline = Clock::now() + grace;
    siginfo_t ended = {};
    // Looked at and not taken: the process group keeps its number until then.
    while (::waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           ended.si_pid == 0 && Clock::now() < deadline) {
      ::poll(nullptr, 0, 5);
    }
  }
  ::kill(-pid, SIGKILL);
  while (::waitpid(pid, nullptr, 0) == -1 && errno == EINTR) {
  }
}

}  // namespace

absl::StatusOr<ProgramOutput> RunProgram(const std::vector<std::string>& argv,
                                         const ProgramOptions& options) {
  const auto failed = [&](std::string_view reason) {
    return EnvironmentError(absl::StrCat(argv[0], " ", internal::View(reason)));
  };
  Pipe out, err;
  if (!out.Open() || !err.Open()) return failed(std::strerror(errno));
  const Patience patience(options, Clock::now() + options.timeout);
  const pid_t pid = Spawn(argv, options, out.write, err.write);
  if (pid < 0) return failed(absl::StrCat("cannot be started: ", std::strerror(-pid)));
  Pipe::Close(out.write);
  Pipe::Close(err.write);

  ProgramOutput output;
  const std::optional<std::string> reason = Collect(out, err, options, patience, output);
  const std::optional<int> wait_status = reason ? std::nullopt : Reap(pid, patience);
  if (!wait_status) {
    EndGroup(pid, options.grace);
    if (patience.Cancelled()) return StoppedError();
    return failed(reason.value_or("did not end in time"));
  }
  if (WIFSIGNALED(*wait_status)) {
    return failed(absl::StrCat("died by signal ", WTERMSIG(*wait_status)));
  }
  output.exit_code = WEXITSTATUS(*wait_status);
  return output;
}

}  // namespace bench
