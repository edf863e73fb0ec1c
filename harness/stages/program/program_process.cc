#include "harness/stages/program/program_process.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/json.h"
#include "base/process_parts.h"
#include "base/status.h"
#include "harness/measurement/memory_group.h"
#include "harness/measurement/process_tree.h"

namespace bench::harness {
namespace {

std::map<std::string, std::string> EnvironmentOf(const ProgramCommand& command) {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(*entry, absl::MaxSplits('=', 1));
    variables.insert(parts);
  }
  for (const std::string& name : command.removed_variables) variables.erase(name);
  for (const auto& [name, value] : command.environment) variables[name] = value;
  return variables;
}

bool IsExecutableFile(const std::string& path) {
  struct stat info = {};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

struct ChildStart {
  const char* path;
  char* const* argv;
  char* const* environment;
  const char* folder;
  int out, err, failure;
  pid_t parent;
  const char* entrance;  // of its group; nullptr: none
};

// Told in place of an error number: the program starts outside its group.
constexpr int kOutsideGroup = -1;

void Tell(const ChildStart& start, int what) {
  [[maybe_unused]] const ssize_t written = ::write(start.failure, &what, sizeof what);
}

[[noreturn]] void Fail(const ChildStart& start) {
  Tell(start, errno);
  ::_exit(127);
}

void EnterGroup(const ChildStart& start) {
  if (start.entrance == nullptr) return;
  const int fd = ::open(start.entrance, O_WRONLY | O_CLOEXEC);
  if (fd == -1 || ::write(fd, "0", 1) != 1) Tell(start, kOutsideGroup);
  if (fd != -1) ::close(fd);
}

// Between fork and exec: async-signal-safe calls only.
[[noreturn]] void BecomeProgram(const ChildStart& start) {
  ::setsid();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != start.parent) ::_exit(127);  // it died before prctl
  EnterGroup(start);
  const int null = ::open("/dev/null", O_RDONLY);
  if (null == -1 || ::dup2(null, STDIN_FILENO) == -1 || ::dup2(start.out, STDOUT_FILENO) == -1 ||
      ::dup2(start.err, STDERR_FILENO) == -1 || ::chdir(start.folder) == -1) {
    Fail(start);
  }
  // Not only ours: whatever this process was given.
  ::syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve(start.path, start.argv, start.environment);
  Fail(start);
}

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

void Add(const rusage& usage, ProgramUsage& to) {
  to.user_s += Seconds(usage.ru_utime);
  to.system_s += Seconds(usage.ru_stime);
  to.page_faults += usage.ru_minflt;
  to.disk_page_faults += usage.ru_majflt;
  to.voluntary_switches += usage.ru_nvcsw;
  to.forced_switches += usage.ru_nivcsw;
  to.max_resident_bytes = std::max<int64_t>(to.max_resident_bytes, usage.ru_maxrss * int64_t{1024});
}

// Set before the fork: an orphan of the first moment is ours too. Returns what it was.
bool BecomeSubreaper() {
  int before = 0;
  ::prctl(PR_GET_CHILD_SUBREAPER, &before);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  return before != 0;
}

}  // namespace

absl::StatusOr<std::string> ProgramPath(const ProgramCommand& command) {
  const std::string& name = command.argv.front();
  if (name.find('/') != std::string::npos) {
    std::string path = name.front() == '/' ? name : absl::StrCat(command.folder, "/", name);
    if (IsExecutableFile(path)) return path;
    return EnvironmentError(absl::StrCat(QuotedForMessage(path), " is no executable file"));
  }
  const auto variables = EnvironmentOf(command);
  const auto found = variables.find("PATH");
  if (found != variables.end()) {
    for (const absl::string_view folder : absl::StrSplit(found->second, ':')) {
      std::string path = absl::StrCat(folder, "/", name);
      if (!folder.empty() && folder.front() == '/' && IsExecutableFile(path)) return path;
    }
  }
  return EnvironmentError(absl::StrCat("no program ", QuotedForMessage(name), " is on PATH"));
}

absl::StatusOr<std::unique_ptr<ProgramProcess>> ProgramProcess::Start(const ProgramCommand& command,
                                                                      const MemoryGroup* group) {
  BENCH_ASSIGN_OR_RETURN(const std::string path, ProgramPath(command));
  const auto failed = [&](int error) {
    return EnvironmentError(absl::StrCat("cannot start ", QuotedForMessage(path), " in ",
                                         QuotedForMessage(command.folder), ": ",
                                         std::strerror(error)));
  };
  Pipe out, err, failure;
  if (!out.Open() || !err.Open() || !failure.Open()) return failed(errno);
  std::vector<std::string> argv = command.argv, variables;
  for (const auto& [name, value] : EnvironmentOf(command)) {
    variables.push_back(absl::StrCat(name, "=", value));
  }
  const std::vector<char*> words = NullTerminated(argv), entries = NullTerminated(variables);
  const std::string entrance = group == nullptr ? "" : group->entrance();
  const ChildStart start = {
      path.c_str(),           words.data(), entries.data(),
      command.folder.c_str(), out.write,    err.write,
      failure.write,          ::getpid(),   entrance.empty() ? nullptr : entrance.c_str()};
  const bool was_subreaper = BecomeSubreaper();
  // No handler of ours runs in the child before exec.
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const auto started = Clock::now();
  const pid_t pid = ::fork();
  const int fork_error = errno;
  if (pid == 0) BecomeProgram(start);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid == -1) return failed(fork_error);
  Pipe::Close(failure.write);
  for (const int fd : {out.read, err.read}) ::fcntl(fd, F_SETFL, O_NONBLOCK);
  std::unique_ptr<ProgramProcess> process(
      new ProgramProcess(pid, Pipe::Release(out.read), Pipe::Release(err.read), was_subreaper));
  process->started_ = started;
  process->in_group_ = group != nullptr;
  int told = 0;
  while (::read(failure.read, &told, sizeof told) == sizeof told) {
    if (told != kOutsideGroup) return failed(told);
    process->in_group_ = false;
  }
  return process;
}

ProgramProcess::ProgramProcess(pid_t pid, int out, int err, bool was_subreaper)
    : pid_(pid),
      fds_{out, err},
      ended_fd_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))),
      was_subreaper_(was_subreaper) {}

ProgramProcess::~ProgramProcess() {
  EndAll();
  for (int* fd : {&fds_[0], &fds_[1], &ended_fd_}) Pipe::Close(*fd);
  ::prctl(PR_SET_CHILD_SUBREAPER, was_subreaper_ ? 1 : 0);
}

absl::Status ProgramProcess::Poll(std::chrono::milliseconds patience, const OnOutput& on_output) {
  std::array<pollfd, 3> polled = {pollfd{fds_[0], POLLIN, 0}, pollfd{fds_[1], POLLIN, 0},
                                  pollfd{ended_fd_, POLLIN, 0}};
  ::poll(polled.data(), polled.size(), static_cast<int>(patience.count()));
  for (const OutputStream stream : {OutputStream::kOut, OutputStream::kErr}) {
    if (polled[static_cast<size_t>(stream)].revents == 0) continue;
    BENCH_RETURN_IF_ERROR(Drain(stream, on_output));
  }
  Reap();
  return absl::OkStatus();
}

absl::Status ProgramProcess::Drain(OutputStream stream, const OnOutput& on_output) {
  constexpr int kMaxBlocks = 64;  // the other stream, and the clock, have their turn
  std::array<char, 1 << 16> block;
  int& fd = fds_[static_cast<size_t>(stream)];
  for (int i = 0; i < kMaxBlocks; ++i) {
    const ssize_t size = ::read(fd, block.data(), block.size());
    if (size == -1) return absl::OkStatus();  // nothing there now
    if (size == 0) {
      Pipe::Close(fd);
      return absl::OkStatus();
    }
    BENCH_RETURN_IF_ERROR(on_output(stream, {block.data(), static_cast<size_t>(size)}));
  }
  return absl::OkStatus();
}

absl::Status ProgramProcess::DrainAll(const OnOutput& on_output) {
  // What somebody else holds open, whom nobody could end, is given up.
  constexpr int kMaxLooks = 1000;
  for (int look = 0; look < kMaxLooks && (fds_[0] != -1 || fds_[1] != -1); ++look) {
    BENCH_RETURN_IF_ERROR(Poll(std::chrono::milliseconds(1), on_output));
  }
  return absl::OkStatus();
}

double ProgramProcess::seconds() const {
  return std::chrono::duration<double>(ended_.value_or(Clock::now()) - started_).count();
}

void ProgramProcess::Reap() {
  int status = 0;
  rusage usage = {};
  while (true) {
    const pid_t ended = ::wait4(-1, &status, WNOHANG, &usage);
    if (ended <= 0) return;
    Add(usage, usage_);
    if (ended != pid_) continue;
    ended_ = Clock::now();
    Pipe::Close(ended_fd_);
    if (WIFSIGNALED(status)) end_signal_ = WTERMSIG(status);
    exit_code_ = end_signal_ ? 128 + *end_signal_ : WEXITSTATUS(status);
  }
}

void ProgramProcess::Signal(int signal) const {
  if (!exit_code_) ::kill(-pid_, signal);
}

int64_t ProgramProcess::EndAll() {
  constexpr int kMaxLooks = 10000;  // a process that hangs in the kernel does not hold us for ever
  // What a signal to the group has ended already, or what ends with its parent, is not left behind:
  // the kernel takes some milliseconds.
  constexpr int kEndingLooks = 50;
  Reap();
  const int first_kill = exit_code_ ? kEndingLooks : 0;
  int64_t num_alive = 0;
  for (int look = 0; look < kMaxLooks; ++look) {
    Reap();
    const ProcessTree tree = ReadProcessTree(::getpid());
    if (tree.processes.empty()) break;
    for (const pid_t pid : tree.processes) {
      if (look == first_kill && pid != pid_) ++num_alive;
      if (look >= first_kill) ::kill(pid, SIGKILL);
    }
    ::poll(nullptr, 0, 1);
  }
  return num_alive;
}

}  // namespace bench::harness
