// The bandwidth of memory: bytes that threads read, or copy, a second.
//
// The working set is shared out evenly; each thread writes its share once, so that its pages and
// caches are that thread's, and then goes over it again and again: reading sums it, copying moves
// one half to the other, and counts what it reads and what it writes (as STREAM does; that a
// processor may read a line before it writes it isn't counted). Reported is the fastest of several
// rounds of at least 5 ms: it is the ceiling that is asked for. Source: McCalpin, "STREAM:
// Sustainable Memory Bandwidth in High Performance Computers".
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

namespace bench::kernels {

enum class Traffic { kRead, kCopy };

struct BandwidthTask {
  Traffic traffic = Traffic::kRead;
  int64_t working_set_bytes = 0;  // of all threads; at least kMinShareBytes a thread
  int64_t num_threads = 1;
};

inline constexpr int64_t kMinShareBytes = 4096;

// [bytes/s] on the CPU. The number of LibTorch's threads is what it was before when it returns.
double MeasureBandwidth(const BandwidthTask& task);

// [bytes/s] of a copy within the memory of an accelerator, read and written.
double MeasureDeviceCopy(const at::Device& device);

}  // namespace bench::kernels
