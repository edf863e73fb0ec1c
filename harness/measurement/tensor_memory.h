// Bytes of tensors on one device: now, and the most at any one time since the last reset.
//
// Counted are the bytes that tensors asked for, exactly and by whatever thread; what an allocator
// rounds up to is not. A storage counts once, however many views share it. On the CPU: everything
// that LibTorch's CPU allocator hands out after InstallTensorMemoryCounter, not what comes from
// elsewhere (mapped files, from_blob, pinned memory, oneDNN's and MKL's own buffers). On a GPU:
// `requested_bytes` of the caching allocator, whose cache and other libraries' memory do not count.
// Costs on the CPU two atomic operations an allocation and one a release, and 64 bytes a tensor
// that hold its size (tensor_memory_bench.cc).
// Errors: none; absent where nothing counts: the CPU without the counter, a GPU not used yet, a
// device without an allocator of statistics.
#pragma once

#include <c10/core/Device.h>

#include <cstdint>
#include <optional>

namespace bench::harness {

struct TensorBytes {
  int64_t now = 0;
  int64_t peak = 0;

  bool operator==(const TensorBytes&) const = default;
};

// Puts the counter between LibTorch and the CPU allocator in use. Call before the first tensor that
// is to count and while no other thread allocates; later calls do nothing. For the whole process.
void InstallTensorMemoryCounter();

// A GPU without an index is the current one.
std::optional<TensorBytes> ReadTensorBytes(c10::Device device);

// The most device memory that the caching allocator has held at any one time in this process, its
// cache and what it rounds up to included (`reserved_bytes`): what must be free for the process,
// beside CUDA's context and the libraries' own. ResetPeakTensorBytes does not lower it. Absent for
// the CPU, and as above.
std::optional<int64_t> PeakDeviceBytes(c10::Device device);

// The peak starts anew at what there is now. Exact while no other thread allocates.
void ResetPeakTensorBytes(c10::Device device);

}  // namespace bench::harness
