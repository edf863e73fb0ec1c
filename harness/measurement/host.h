// The machine as Linux describes it: processor, cores, NUMA, memory limits, kernel, container.
//
// Read from files under `HostRoots` and from a few system calls. What cannot be read is absent,
// never 0. Units are in the names. Errors: none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace bench::harness {

// Where the files of the running system are; tests point these at folders of their own.
struct HostRoots {
  std::string proc = "/proc";
  std::string sys = "/sys";
  std::string root;  // prefix of /etc/os-release, /.dockerenv, ...; "" is the real root
};

struct HostFacts {
  std::optional<std::string> cpu_model;     // "model name" of the first processor, spaces collapsed
  std::optional<int64_t> cpus_online;       // logical processors of the machine
  std::optional<int64_t> cpus_usable;       // those that this process may be scheduled on
  std::optional<std::string> cpus_allowed;  // which, "0-3,8"
  std::optional<double> cpu_quota;    // processors' worth of time that the control groups allow
  std::optional<int64_t> numa_nodes;  // with memory
  std::optional<std::string> cpu_governor;  // of processor 0
  std::optional<int64_t> memory_bytes;
  std::optional<int64_t> memory_limit_bytes;  // of the control groups, where below memory_bytes
  std::optional<std::string> transparent_hugepages;  // "always", "madvise" or "never"
  std::optional<std::string> kernel;                 // release, as uname -r
  std::optional<std::string> operating_system;       // PRETTY_NAME of os-release
  std::optional<std::string>
      container;                    // "docker", "podman", "kubernetes", "lxc", "apptainer", ...
  std::optional<std::string> host;  // host name
};

HostFacts ReadHost(const HostRoots& roots = {});

// Processors that a run can keep busy: the usable ones, or the quota where that is smaller (0.5:
// half of one).
std::optional<double> EffectiveCores(const HostFacts& facts);

}  // namespace bench::harness
