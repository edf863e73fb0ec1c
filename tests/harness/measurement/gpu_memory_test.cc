#include "harness/measurement/gpu_memory.h"

#include <gtest/gtest.h>

namespace bench::harness {
namespace {

TEST(GpuMemory, WithoutTheLibraryNothingIsMeasured) {
  GpuMemoryMeter meter("libno-such-nvml.so.1");
  meter.Sample({1, 2});
  EXPECT_EQ(meter.peak_bytes(), std::nullopt);
}

// fake_nvml.cc: process 4711 holds 300, 900, 100 bytes at the first, second and third look, another
// one 5000 throughout; the used memory is 10000 more at each look.
TEST(GpuMemory, IsTheLargestSumOfTheProcesses) {
  GpuMemoryMeter meter(BENCH_FAKE_NVML);
  for (int look = 0; look < 3; ++look) meter.Sample({1, 4711});
  EXPECT_EQ(meter.peak_bytes(), 900);
  EXPECT_EQ(meter.basis(), GpuMemoryBasis::kProcesses);
}

TEST(GpuMemory, IsTheGrowthWhereTheProcessesHaveOtherNumbers) {
  GpuMemoryMeter meter(BENCH_FAKE_NVML);
  meter.Sample({1, 2});
  meter.Sample({1, 2});
  EXPECT_EQ(meter.peak_bytes(), 20000);
  EXPECT_EQ(meter.basis(), GpuMemoryBasis::kGrowth);
}

}  // namespace
}  // namespace bench::harness
