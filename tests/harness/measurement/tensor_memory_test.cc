#include "harness/measurement/tensor_memory.h"

#include <ATen/ATen.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <barrier>
#include <cstdint>
#include <cstdlib>
#include <ostream>
#include <thread>
#include <utility>
#include <vector>

#include "harness/measurement/gpu.h"

namespace bench::harness {

void PrintTo(const TensorBytes& bytes, std::ostream* out) {
  *out << "now " << bytes.now << ", peak " << bytes.peak;
}

namespace {

at::Tensor Bytes(int64_t bytes) { return at::empty({bytes}, at::kByte); }

// Counts from what there is at its beginning.
class CpuTensorMemory : public ::testing::Test {
 protected:
  CpuTensorMemory() {
    InstallTensorMemoryCounter();
    ResetPeakTensorBytes(at::kCPU);
    before_ = ReadTensorBytes(at::kCPU).value().now;
  }
  TensorBytes Read() const {
    const TensorBytes bytes = ReadTensorBytes(at::kCPU).value();
    return {bytes.now - before_, bytes.peak - before_};
  }

 private:
  int64_t before_ = 0;
};

TEST_F(CpuTensorMemory, CountsWhatTensorsAskForToTheByte) {
  at::Tensor floats = at::empty({10, 100}, at::kFloat);
  EXPECT_EQ(Read(), (TensorBytes{4000, 4000}));
  at::Tensor odd = Bytes(37);
  EXPECT_EQ(Read(), (TensorBytes{4037, 4037}));
  floats.reset();
  EXPECT_EQ(Read(), (TensorBytes{37, 4037}));
  odd.reset();
  EXPECT_EQ(Read(), (TensorBytes{0, 4037}));
  const at::Tensor nothing = Bytes(0);
  EXPECT_EQ(Read(), (TensorBytes{0, 4037}));
}

TEST_F(CpuTensorMemory, AStorageCountsOnceHoweverManyViewsShareIt) {
  at::Tensor whole = Bytes(1000);
  std::vector<at::Tensor> views = {whole, whole.view({10, 100}), whole.detach()};
  EXPECT_EQ(Read().now, 1000);
  at::Tensor part = whole.slice(0, 0, 10);
  whole.reset();
  views.clear();
  EXPECT_EQ(Read().now, 1000);  // a part keeps the whole
  part = part.clone();
  EXPECT_EQ(Read(), (TensorBytes{10, 1010}));
}

TEST_F(CpuTensorMemory, InPlaceTakesNothingOutOfPlaceTakesTheResult) {
  at::Tensor x = at::zeros({250}, at::kFloat);
  x.exp_().neg_();
  EXPECT_EQ(Read(), (TensorBytes{1000, 1000}));
  x = x + x;  // the old one lives until the new one is there
  EXPECT_EQ(Read(), (TensorBytes{1000, 2000}));
}

TEST_F(CpuTensorMemory, ResizingHoldsBothStoragesForAMoment) {
  at::Tensor x = Bytes(100);
  x.resize_({300});
  EXPECT_EQ(Read(), (TensorBytes{300, 400}));
  x.resize_({50});  // keeps its storage
  EXPECT_EQ(Read(), (TensorBytes{300, 400}));
}

TEST_F(CpuTensorMemory, ThePeakStartsAnewAtWhatThereIs) {
  const at::Tensor kept = Bytes(10);
  Bytes(100).reset();
  EXPECT_EQ(Read(), (TensorBytes{10, 110}));
  ResetPeakTensorBytes(at::kCPU);
  EXPECT_EQ(Read(), (TensorBytes{10, 10}));
  Bytes(5).reset();
  EXPECT_EQ(Read(), (TensorBytes{10, 15}));
}

// exp keeps its result for its gradient.
TEST_F(CpuTensorMemory, AGraphHoldsWhatItsBackwardNeeds) {
  constexpr int64_t kBytes = int64_t{4} * 1000;
  at::Tensor w = torch::zeros({1000}, torch::requires_grad());
  EXPECT_EQ(Read().now, kBytes);
  at::Tensor sum = w.exp().exp().sum();
  EXPECT_EQ(Read().now, 3 * kBytes + 4);  // w, two results, the sum
  sum.backward();
  sum.reset();
  EXPECT_EQ(Read().now, 2 * kBytes);  // w and its gradient
}

TEST_F(CpuTensorMemory, BlocksAreAlignedAsLibTorchAlignsThem) {
  constexpr uintptr_t kAlignment = 64;
  for (const int64_t bytes : {1, 63, 64, 65, 4096, 1 << 20, (64 << 20) + 1}) {
    const at::Tensor x = Bytes(bytes);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(x.data_ptr()) % kAlignment, 0u) << bytes;
  }
}

TEST_F(CpuTensorMemory, ATensorMayEndInAnotherThread) {
  at::Tensor x = Bytes(1000);
  std::thread([moved = std::move(x)]() mutable { moved.reset(); }).join();
  EXPECT_EQ(Read(), (TensorBytes{0, 1000}));
}

TEST_F(CpuTensorMemory, ThePeakIsThatOfAllThreadsTogether) {
  constexpr int kThreads = 8;
  std::barrier all_hold(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&all_hold] {
      const at::Tensor x = Bytes(1000);
      all_hold.arrive_and_wait();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Read(), (TensorBytes{0, 8000}));
}

TEST_F(CpuTensorMemory, NothingIsLostWhenThreadsAllocateAtOnce) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 20'000;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([] {
      for (int round = 0; round < kRounds; ++round) {
        const at::Tensor one = Bytes(100);
        const at::Tensor other = Bytes(23);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Read().now, 0);
  EXPECT_GE(Read().peak, 123);
  EXPECT_LE(Read().peak, kThreads * 123);
}

TEST_F(CpuTensorMemory, RawBlocksCountToo) {
  c10::Allocator* allocator = c10::GetCPUAllocator();
  void* block = allocator->raw_allocate(500);
  EXPECT_EQ(Read().now, 500);
  allocator->raw_deallocate(block);
  EXPECT_EQ(Read().now, 0);
}

TEST_F(CpuTensorMemory, ASizeThatOverflowsThrowsAndCountsNothing) {
  EXPECT_THROW(c10::GetCPUAllocator()->allocate(SIZE_MAX - 1), c10::Error);
  EXPECT_EQ(Read(), (TensorBytes{0, 0}));
}

TEST_F(CpuTensorMemory, ATensorThatMemoryDoesNotHoldThrowsAndCountsNothing) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "AddressSanitizer ends the process instead";
#else
  EXPECT_THROW(Bytes(int64_t{1} << 60), c10::Error);
  EXPECT_EQ(Read(), (TensorBytes{0, 0}));
#endif
}

// 0 if the counter counts from its installation on; for a process that has none yet.
int InstallBetweenTensors() {
  ResetPeakTensorBytes(at::kCPU);  // does nothing
  at::Tensor earlier = Bytes(1000);
  const bool absent = !ReadTensorBytes(at::kCPU);
  InstallTensorMemoryCounter();
  const at::Tensor later = Bytes(10);
  earlier.reset();
  InstallTensorMemoryCounter();
  const TensorBytes expected = {10, 10};
  return absent && ReadTensorBytes(at::kCPU) == expected ? 0 : 1;
}

TEST(TensorMemory, CountsFromItsInstallationOn) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // starts the program again
  EXPECT_EXIT(std::_Exit(InstallBetweenTensors()), ::testing::ExitedWithCode(0), "");
}

TEST(TensorMemory, AbsentForDevicesThatNothingCountsOn) {
  EXPECT_EQ(ReadTensorBytes(at::kMeta), std::nullopt);
  EXPECT_EQ(ReadTensorBytes(c10::Device(at::kXPU, 0)), std::nullopt);
  ResetPeakTensorBytes(c10::Device(at::kXPU, 0));  // does nothing
}

// A device's allocator as c10 knows it, with figures by hand.
class FakeDeviceAllocator final : public c10::DeviceAllocator {
 public:
  c10::DataPtr allocate(size_t) override { return {}; }
  void copy_data(void*, const void*, size_t) const override {}
  bool initialized() override { return is_initialized; }
  void emptyCache(c10::MempoolId_t) override {}
  void recordStream(const c10::DataPtr&, c10::Stream) override {}
  c10::CachingDeviceAllocator::DeviceStats getDeviceStats(c10::DeviceIndex device) override {
    c10::CachingDeviceAllocator::DeviceStats stats;
    stats.requested_bytes[0].increase(1000 + static_cast<size_t>(device));
    stats.requested_bytes[0].decrease(900);
    stats.requested_bytes[1].increase(7);  // a part of the aggregate
    stats.allocated_bytes[0].increase(4096);
    stats.reserved_bytes[0].increase(static_cast<size_t>(reserved));
    stats.reserved_bytes[0].decrease(static_cast<size_t>(reserved));  // what counts is the peak
    stats.reserved_bytes[1].increase(7);
    return stats;
  }
  void resetAccumulatedStats(c10::DeviceIndex) override {}
  void resetPeakStats(c10::DeviceIndex device) override { reset.push_back(device); }

  bool is_initialized = false;
  int64_t reserved = 0;  // at the peak
  std::vector<c10::DeviceIndex> reset;
};

TEST(TensorMemory, OfADeviceIsWhatItsAllocatorSays) {
  FakeDeviceAllocator allocator;
  c10::SetAllocator(at::kPrivateUse1, &allocator);
  const c10::Device device(at::kPrivateUse1, 3);
  EXPECT_EQ(ReadTensorBytes(device), std::nullopt);  // not used yet
  ResetPeakTensorBytes(device);
  EXPECT_TRUE(allocator.reset.empty());
  allocator.is_initialized = true;
  EXPECT_EQ(ReadTensorBytes(device), (TensorBytes{103, 1003}));
  ResetPeakTensorBytes(device);
  EXPECT_EQ(allocator.reset, std::vector<c10::DeviceIndex>{3});
  c10::SetAllocator(at::kPrivateUse1, nullptr);
}

TEST(TensorMemory, ThePeakOfADeviceIsThatOfTheWholeProcess) {
  FakeDeviceAllocator allocator;
  c10::SetAllocator(at::kPrivateUse1, &allocator);
  const c10::Device device(at::kPrivateUse1, 5), other(at::kPrivateUse1, 6);
  EXPECT_EQ(PeakDeviceBytes(device), std::nullopt);  // not used yet
  allocator.is_initialized = true;
  allocator.reserved = 2 << 20;
  EXPECT_EQ(PeakDeviceBytes(device), 2 << 20);
  allocator.reserved = 20 << 20;
  ResetPeakTensorBytes(device);  // as every step begins
  allocator.reserved = 4 << 20;
  EXPECT_EQ(PeakDeviceBytes(device), 20 << 20);
  EXPECT_EQ(PeakDeviceBytes(other), 4 << 20);
  c10::SetAllocator(at::kPrivateUse1, nullptr);
  EXPECT_EQ(PeakDeviceBytes(at::kCPU), std::nullopt);
}

TEST(TensorMemory, OfAGpuCountsWhatItsTensorsAskFor) {
  if (ReadGpus().devices.empty() ||
      ::dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL) == nullptr ||
      !at::globalContext().hasCUDA()) {
    GTEST_SKIP() << "no usable NVIDIA GPU";
  }
  at::empty({1}, at::device(at::kCUDA)).reset();
  ResetPeakTensorBytes(at::kCUDA);
  EXPECT_GE(PeakDeviceBytes(at::kCUDA), ReadTensorBytes(at::kCUDA)->now);
  const TensorBytes before = ReadTensorBytes(at::kCUDA).value();
  EXPECT_EQ(before.peak, before.now);
  const at::Tensor kept = at::empty({1000}, at::device(at::kCUDA).dtype(at::kFloat));
  at::empty({37}, at::device(at::kCUDA).dtype(at::kByte)).reset();
  EXPECT_EQ(ReadTensorBytes(at::kCUDA), (TensorBytes{before.now + 4000, before.now + 4037}));
}

}  // namespace
}  // namespace bench::harness
