#include "harness/measurement/tensor_memory.h"

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <new>
#include <utility>

namespace bench::harness {
namespace {

// Sums of sizes, from any thread.
class ByteCounter {
 public:
  void Add(int64_t bytes) {
    const int64_t now = now_.fetch_add(bytes, std::memory_order_relaxed) + bytes;
    int64_t peak = peak_.load(std::memory_order_relaxed);
    while (now > peak && !peak_.compare_exchange_weak(peak, now, std::memory_order_relaxed)) {
    }
  }
  void Subtract(int64_t bytes) { now_.fetch_sub(bytes, std::memory_order_relaxed); }
  void ResetPeak() { peak_.store(now_.load(std::memory_order_relaxed)); }
  TensorBytes Read() const { return {.now = now_.load(), .peak = peak_.load()}; }

 private:
  std::atomic<int64_t> now_ = 0;
  std::atomic<int64_t> peak_ = 0;
};

// Hands out blocks of another allocator, each behind a header that holds the size asked for: a
// release knows the block's address only. Lives as long as the process, as tensors may.
class CountingAllocator final : public c10::Allocator {
 public:
  static CountingAllocator& Get() {
    static auto* allocator = new CountingAllocator(c10::GetAllocator(c10::DeviceType::CPU));
    return *allocator;
  }

  c10::DataPtr allocate(size_t bytes) override {
    void* data = bytes == 0 ? nullptr : AllocateBlock(bytes);
    return {data, data, &Release, c10::Device(c10::DeviceType::CPU)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &Release; }
  void copy_data(void* to, const void* from, size_t bytes) const override {
    default_copy_data(to, from, bytes);
  }

  ByteCounter& counter() { return counter_; }

 private:
  // As large as LibTorch's alignment of CPU tensors, so that what follows it is aligned too.
  struct alignas(64) Header {
    int64_t bytes;
  };

  explicit CountingAllocator(c10::Allocator* inner) : inner_(*inner) {}

  void* AllocateBlock(size_t bytes) {
    TORCH_CHECK(bytes <= PTRDIFF_MAX - sizeof(Header), "a tensor of ", bytes, " bytes");
    auto* header = new (inner_.raw_allocate(sizeof(Header) + bytes)) Header;
    header->bytes = static_cast<int64_t>(bytes);
    counter_.Add(header->bytes);
    return header + 1;
  }

  static void Release(void* data) {
    if (data == nullptr) return;
    Header* header = static_cast<Header*>(data) - 1;
    CountingAllocator& allocator = Get();
    allocator.counter_.Subtract(header->bytes);
    allocator.inner_.raw_deallocate(header);
  }

  c10::Allocator& inner_;
  ByteCounter counter_;
};

bool IsInstalled() {
  return dynamic_cast<CountingAllocator*>(c10::GetAllocator(c10::DeviceType::CPU)) != nullptr;
}

// Through the base class that all devices' caching allocators share: needs no CUDA library.
c10::DeviceAllocator* FindDeviceAllocator(c10::Device device) {
  auto* allocator = dynamic_cast<c10::DeviceAllocator*>(c10::GetAllocator(device.type()));
  return allocator != nullptr && allocator->initialized() ? allocator : nullptr;
}

c10::DeviceIndex IndexOf(c10::Device device) {
  if (device.has_index()) return device.index();
  return c10::impl::VirtualGuardImpl(device.type()).getDevice().index();
}

constexpr auto kAllPools = static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE);

// Largest values by device, of what an allocator forgets when its peaks start anew.
class LargestBytes {
 public:
  static LargestBytes& Get() {
    static LargestBytes largest;
    return largest;
  }

  // The largest so far, `bytes` included.
  int64_t Raise(c10::Device device, int64_t bytes) {
    const std::lock_guard lock(mutex_);
    int64_t& largest = by_device_[{device.type(), device.index()}];
    return largest = std::max(largest, bytes);
  }

 private:
  std::mutex mutex_;
  std::map<std::pair<c10::DeviceType, c10::DeviceIndex>, int64_t> by_device_;
};

}  // namespace

void InstallTensorMemoryCounter() {
  if (!IsInstalled()) c10::SetCPUAllocator(&CountingAllocator::Get());
}

std::optional<TensorBytes> ReadTensorBytes(c10::Device device) {
  if (device.is_cpu()) {
    if (!IsInstalled()) return std::nullopt;
    return CountingAllocator::Get().counter().Read();
  }
  c10::DeviceAllocator* allocator = FindDeviceAllocator(device);
  if (allocator == nullptr) return std::nullopt;
  const c10::CachingAllocator::Stat requested =
      allocator->getDeviceStats(IndexOf(device)).requested_bytes[kAllPools];
  return TensorBytes{.now = requested.current, .peak = requested.peak};
}

std::optional<int64_t> PeakDeviceBytes(c10::Device device) {
  if (device.is_cpu()) return std::nullopt;
  c10::DeviceAllocator* allocator = FindDeviceAllocator(device);
  if (allocator == nullptr) return std::nullopt;
  const c10::Device one(device.type(), IndexOf(device));
  return LargestBytes::Get().Raise(
      one, allocator->getDeviceStats(one.index()).reserved_bytes[kAllPools].peak);
}

void ResetPeakTensorBytes(c10::Device device) {
  if (device.is_cpu()) {
    if (IsInstalled()) CountingAllocator::Get().counter().ResetPeak();
    return;
  }
  c10::DeviceAllocator* allocator = FindDeviceAllocator(device);
  if (allocator == nullptr) return;
  PeakDeviceBytes(device);  // remembers it
  allocator->resetPeakStats(IndexOf(device));
}

}  // namespace bench::harness
