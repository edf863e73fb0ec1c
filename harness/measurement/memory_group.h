// A control group of version 2 for a program and all that descends from it: the kernel counts what
// memory they hold, each page once however many processes share it.
//
//   own bytes = anon + shmem of memory.stat: private memory, and shared memory that no file of a
//   disk is behind, in bytes. Not the page cache, which depends on what others have read before.
//
// The group "bench-run-PID" is made beside that of this process, or below it where that is the root
// group, the only one that may have both processes and groups with controllers. Its parent must
// hand the memory controller down already (cgroup.subtree_control) and let this user move processes
// there; no setting of the machine is changed. The group takes the limits of this process's own
// group (those on devices cannot be taken: where they are set there is no group), each for itself.
// An abandoned group of a run that was killed is removed by the next run.
// Errors: none; where any of this cannot be had (version 1, a hierarchy that is mounted read-only,
// a user without a delegated one) there is no group.
// Source: the kernel's Documentation/admin-guide/cgroup-v2.rst.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/file.h"

namespace bench::harness {

class MemoryGroup {
 public:
  // nullptr: none can be had. `proc` and `root`: as in HostRoots (host.h). `calls` outlives it.
  static std::unique_ptr<MemoryGroup> Make(const std::string& proc = "/proc",
                                           const std::string& root = "",
                                           Syscalls& calls = SystemCalls());
  ~MemoryGroup();  // removes it; nothing may be left running in it
  MemoryGroup(const MemoryGroup&) = delete;
  MemoryGroup& operator=(const MemoryGroup&) = delete;

  // A process that writes "0" to this file is in the group from then on, with its children.
  std::string entrance() const { return folder_ + "/cgroup.procs"; }

  // Now. Exact to some 64 pages a processor. Absent where memory.stat cannot be read.
  std::optional<int64_t> OwnBytes() const;
  // The most that the kernel has charged the group with, the page cache that it was the first to
  // use and the kernel's own structures included (memory.peak, Linux 5.19).
  std::optional<int64_t> ChargedPeakBytes() const;

 private:
  MemoryGroup(std::string folder, Syscalls& calls) : folder_(std::move(folder)), calls_(calls) {}

  std::string folder_;
  Syscalls& calls_;
};

}  // namespace bench::harness
