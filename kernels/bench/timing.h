// How the kernel benchmarks measure time: monotonic clock, with the device's work done.
#pragma once

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <chrono>
#include <cstdint>

namespace bench::kernels {

template <typename F>
double SecondsOf(const F& run) {
  const auto begin = std::chrono::steady_clock::now();
  run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// Waits for what was started on `device`; the CPU's work is done when its calls return.
inline void Synchronize(const at::Device& device) {
  if (device.is_cpu()) return;
  const c10::impl::VirtualGuardImpl guard(device.type());
  guard.synchronizeDevice(guard.getDevice().index());
}

// LibTorch's number of threads while it lives.
class ThreadCount {
 public:
  explicit ThreadCount(int64_t num_threads) : before_(at::get_num_threads()) {
    at::set_num_threads(static_cast<int>(num_threads));
  }
  ~ThreadCount() { at::set_num_threads(before_); }
  ThreadCount(const ThreadCount&) = delete;
  ThreadCount& operator=(const ThreadCount&) = delete;

 private:
  int before_;
};

}  // namespace bench::kernels
