// The data caches of a processor as the kernel describes them.
//
// Read from sysfs: one folder index<N> a cache, with its level, type, size ("48K") and the
// processors that share it ("0-1,4"). Caches of instructions are left out. A kernel that tells
// nothing (some virtual machines) gives an empty list, and a cache whose description is incomplete
// is left out: the machine then seems to have memory only. Source: the kernel's
// Documentation/ABI/testing/sysfs-devices-system-cpu.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bench::kernels {

struct CacheLevel {
  int64_t level = 0;        // 1, 2, 3
  int64_t bytes = 0;        // of one such cache
  int64_t num_sharing = 1;  // processors that share one

  // What `num_threads` threads have together, each on a processor of its own, neighbours first.
  int64_t CapacityOf(int64_t num_threads) const;
};

inline constexpr char kSysfsCaches[] = "/sys/devices/system/cpu/cpu0/cache";

// Nearest first.
std::vector<CacheLevel> ReadCacheLevels(const std::string& folder = kSysfsCaches);

}  // namespace bench::kernels
