#include "harness/measurement/gpu.h"

#include <gtest/gtest.h>

namespace bench::harness {
namespace {

void ExpectNothing(const GpuInventory& inventory) {
  EXPECT_FALSE(inventory.driver_version.has_value());
  EXPECT_FALSE(inventory.cuda_driver_version.has_value());
  EXPECT_TRUE(inventory.devices.empty());
}

TEST(Gpu, WithoutTheLibraryEverythingIsAbsent) { ExpectNothing(ReadGpus("libno-such-nvml.so.1")); }

TEST(Gpu, WithoutTheSymbolsEverythingIsAbsent) { ExpectNothing(ReadGpus("libm.so.6")); }

TEST(Gpu, ReportsWhatTheLibraryReports) {
  const GpuInventory inventory = ReadGpus(BENCH_FAKE_NVML);
  EXPECT_EQ(inventory.driver_version, "580.65.06");
  EXPECT_EQ(inventory.cuda_driver_version, "13.1");  // 13010 = 1000 * 13 + 10 * 1
  ASSERT_EQ(inventory.devices.size(), 2u);           // the third cannot be opened
  const GpuDevice& gpu = inventory.devices[0];
  EXPECT_EQ(gpu.name, "NVIDIA H200");
  EXPECT_EQ(gpu.uuid, "GPU-12345678");
  EXPECT_EQ(gpu.vbios, "96.00.B1");
  EXPECT_EQ(gpu.ecc_enabled, true);
  EXPECT_EQ(gpu.mig_enabled, false);
  EXPECT_EQ(gpu.power_limit_watts, 700.5);
  EXPECT_EQ(gpu.sm_clock_mhz, 1980);
  EXPECT_EQ(gpu.memory_clock_mhz, 3201);
  EXPECT_EQ(gpu.memory_bytes, 150754820096);
  EXPECT_EQ(gpu.thermal_throttle_ns, 123456789);
}

TEST(Gpu, WhatADeviceOrDriverDoesNotReportIsAbsent) {
  const GpuInventory inventory = ReadGpus(BENCH_FAKE_NVML);
  ASSERT_EQ(inventory.devices.size(), 2u);
  EXPECT_FALSE(inventory.devices[0].max_sm_clock_mhz.has_value());
  const GpuDevice& gpu = inventory.devices[1];
  EXPECT_EQ(gpu.name, "NVIDIA T4");
  EXPECT_FALSE(gpu.uuid || gpu.vbios || gpu.ecc_enabled || gpu.mig_enabled);
  EXPECT_FALSE(gpu.power_limit_watts || gpu.sm_clock_mhz || gpu.memory_bytes ||
               gpu.thermal_throttle_ns);
}

}  // namespace
}  // namespace bench::harness
