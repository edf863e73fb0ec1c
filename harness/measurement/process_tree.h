// The processes that descend from one, as /proc shows them at a moment, and the memory they hold.
//
// Resident memory is the sum of what each process holds, in bytes: pages that several share count
// once for each. The kernel's figure of a process is exact to some dozens of pages a thread. A
// process that ends meanwhile is left out. Errors: none. Source: proc(5), /proc/pid/stat.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace bench::harness {

struct ProcessTree {
  std::vector<pid_t> processes;  // without the ancestor; those that have ended but were not waited
                                 // for too
  int64_t resident_bytes = 0;
};

ProcessTree ReadProcessTree(pid_t ancestor, const std::string& proc = "/proc");

// The largest that one of `processes` has resident of mapped files, its program and libraries among
// them (RssFile of /proc/pid/status), in bytes; 0 where none can be read.
int64_t LargestMappedFileBytes(const std::vector<pid_t>& processes,
                               const std::string& proc = "/proc");

}  // namespace bench::harness
