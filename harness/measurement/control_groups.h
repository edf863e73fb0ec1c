// What the control groups of this process allow it: processor time and memory.
//
// A limit of a group holds for all groups below it, so the limit in force is the smallest one of
// the process's own group and those above it, as far up as is mounted here (a container often sees
// no further than its own). Where the process is: /proc/self/cgroup; where those groups can be
// read: /proc/self/mountinfo, whose roots are as the process's cgroup namespace sees them. A mount
// that does not lead to the process's group says nothing about it.
//   version 2   cpu.max ("max 100000", "150000 100000"), memory.max ("max", bytes)
//   version 1   cpu.cfs_quota_us (-1: none) of cpu.cfs_period_us; memory.stat's
//               hierarchical_memory_limit, else memory.limit_in_bytes (near 2^63: none)
// Both at once (hybrid) each count for what they manage. Errors: none; no limit, and one that
// cannot be read, is absent.
// Source: the kernel's Documentation/admin-guide/cgroup-v1 and cgroup-v2.rst, proc(5), cgroups(7).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bench::harness {

struct ControlGroupLimits {
  std::optional<double> cpu_quota;      // processors' worth of time
  std::optional<int64_t> memory_bytes;  // as the kernel says it, be it above what the machine has
};

// `proc` and `root`: as in HostRoots (host.h).
ControlGroupLimits ReadControlGroups(const std::string& proc, const std::string& root);

// Folders of the group of version 2 that this process is in and of those above it, from itself on;
// empty where no mount leads to it.
std::vector<std::string> Version2Groups(const std::string& proc, const std::string& root);

}  // namespace bench::harness
