// Counts the bytes of CPU tensors, as they were asked for, from Install() on.
#pragma once

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace bench::harness {

class CountingAllocator final : public c10::Allocator {
 public:
  // Tensors of before are freed as they would have been, and are never counted.
  static CountingAllocator& Install() {
    static std::once_flag once;
    std::call_once(once, [] { c10::SetCPUAllocator(&Instance(), /*priority=*/1); });
    return Instance();
  }

  int64_t now() const { return Locked(now_); }
  int64_t peak() const { return Locked(peak_); }
  void ResetPeak() {
    const std::lock_guard lock(mutex_);
    peak_ = now_;
  }

  // Data and context are one pointer, which raw_allocate (oneDNN) relies on.
  c10::DataPtr allocate(size_t num_bytes) override {
    void* data = c10::alloc_cpu(num_bytes);
    const std::lock_guard lock(mutex_);
    sizes_[data] = static_cast<int64_t>(num_bytes);
    now_ += static_cast<int64_t>(num_bytes);
    peak_ = std::max(peak_, now_);
    return {data, data, &Free, c10::Device(c10::kCPU)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &Free; }
  void copy_data(void* to, const void* from, size_t num_bytes) const override {
    default_copy_data(to, from, num_bytes);
  }

 private:
  static CountingAllocator& Instance() {
    static auto* instance = new CountingAllocator;  // outlives every tensor
    return *instance;
  }
  static void Free(void* data) {
    CountingAllocator& self = Instance();
    {
      const std::lock_guard lock(self.mutex_);
      const auto found = self.sizes_.find(data);
      if (found != self.sizes_.end()) {
        self.now_ -= found->second;
        self.sizes_.erase(found);
      }
    }
    c10::free_cpu(data);
  }
  int64_t Locked(const int64_t& value) const {
    const std::lock_guard lock(mutex_);
    return value;
  }

  mutable std::mutex mutex_;
  std::unordered_map<void*, int64_t> sizes_;
  int64_t now_ = 0;
  int64_t peak_ = 0;
};

}  // namespace bench::harness
