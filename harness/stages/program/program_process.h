// A program in a session and process group of its own, whose output is read as it comes, and of
// which nothing is left when it has ended.
//
// Standard input is empty; signals have their default dispositions; no descriptor but its three
// streams is open in it. While one lives this process adopts the orphans among its descendants
// (PR_SET_CHILD_SUBREAPER), so that all of them are found, whatever sessions they made, counted and
// ended; there must be no other children. If this process is killed, the kernel kills the program
// itself.
//
// ProgramUsage: sums over all processes that descended from it and have ended, in the kernel's
// accounts; `max_resident_bytes` is the largest of a single process.
//
// Errors: EnvironmentError where it cannot be started, with why.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace bench::harness {

class MemoryGroup;

struct ProgramCommand {
  std::vector<std::string> argv;                   // argv[0]: with a slash, or looked up on PATH
  std::string folder;                              // working folder, absolute
  std::map<std::string, std::string> environment;  // set on top of ours
  std::vector<std::string> removed_variables;
};

struct ProgramUsage {
  double user_s = 0, system_s = 0;
  int64_t page_faults = 0, disk_page_faults = 0;
  int64_t voluntary_switches = 0, forced_switches = 0;
  int64_t max_resident_bytes = 0;
};

enum class OutputStream { kOut, kErr };

// The path of argv[0] of `command`: where it has no slash, the first executable file of that name
// on the PATH of its environment. EnvironmentError where there is none.
absl::StatusOr<std::string> ProgramPath(const ProgramCommand& command);

class ProgramProcess {
 public:
  // Within `group`, which outlives it, from its first instruction on; nullptr: in our own group.
  static absl::StatusOr<std::unique_ptr<ProgramProcess>> Start(const ProgramCommand& command,
                                                               const MemoryGroup* group = nullptr);
  ~ProgramProcess();  // ends what is still there
  ProgramProcess(const ProgramProcess&) = delete;
  ProgramProcess& operator=(const ProgramProcess&) = delete;

  // Waits at most so long for output, hands on what is there, and looks which processes have ended.
  using OnOutput = std::function<absl::Status(OutputStream stream, std::string_view bytes)>;
  absl::Status Poll(std::chrono::milliseconds patience, const OnOutput& on_output);

  // The program itself, not its descendants. 128 + n: signal n ended it.
  std::optional<int> exit_code() const { return exit_code_; }
  std::optional<int> end_signal() const { return end_signal_; }

  // What was printed and not read yet, when nothing that could print is left.
  absl::Status DrainAll(const OnOutput& on_output);

  // To its process group.
  void Signal(int signal) const;
  // Kills whatever descends from it and waits for it. Returns how many were alive, the program
  // itself not counted.
  int64_t EndAll();

  // Whether it got into `group`; the kernel may refuse, and the program runs all the same.
  bool in_group() const { return in_group_; }

  ProgramUsage usage() const { return usage_; }
  // From its start to its end, or until now.
  double seconds() const;

 private:
  using Clock = std::chrono::steady_clock;
  ProgramProcess(pid_t pid, int out, int err, bool was_subreaper);
  void Reap();
  // What can be read at once, up to a limit; closes a stream that has ended.
  absl::Status Drain(OutputStream stream, const OnOutput& on_output);

  pid_t pid_;
  int fds_[2];    // by OutputStream; -1: closed
  int ended_fd_;  // readable once it has ended (pidfd_open); -1: the kernel has none
  bool was_subreaper_;
  bool in_group_ = false;
  Clock::time_point started_;
  std::optional<Clock::time_point> ended_;
  std::optional<int> exit_code_, end_signal_;
  ProgramUsage usage_;
};

}  // namespace bench::harness
