#include "harness/measurement/disturbances.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/measurement/fake_root.h"

namespace bench::harness {
namespace {

using results::Attribute;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST(Disturbances, ThrottlingIsCountedOverAllProcessors) {
  FakeRoot root;
  const std::string counter = "/thermal_throttle/core_throttle_count";
  root.Write("devices/system/cpu/cpu0" + counter, "3\n");
  root.Write("devices/system/cpu/cpu11" + counter, "4\n");
  root.Write("devices/system/cpu/cpufreq" + counter, "100\n");  // no processor
  EXPECT_EQ(ReadDisturbances(root.path()).throttle_events, 7);
}

TEST(Disturbances, WhatIsNotCountedIsAbsent) {
  FakeRoot root;
  EXPECT_EQ(ReadDisturbances(root.path()).throttle_events, std::nullopt);
  root.Write("devices/system/cpu/cpu0/online", "1\n");
  EXPECT_EQ(ReadDisturbances(root.path()).throttle_events, std::nullopt);
}

TEST(Disturbances, GpusAreThoseThatTheDriverCounts) {
  EXPECT_EQ(ReadGpuThrottle(BENCH_FAKE_NVML), 123456789);
  EXPECT_EQ(ReadGpuThrottle("libno-such-nvml.so.1"), std::nullopt);
}

TEST(Disturbances, NotesAreOfTheRunAndOfTheProcess) {
  EXPECT_THAT(DisturbanceNotes({5, 10}, {7, 30}),
              UnorderedElementsAre(Pair("throttle_events", Attribute(int64_t{2})),
                                   Pair("disk_page_faults", Attribute(int64_t{30}))));
  EXPECT_THAT(DisturbanceNotes({std::nullopt, 0, 100}, {std::nullopt, 0, 150}),
              UnorderedElementsAre(Pair("gpu_throttle_ns", Attribute(int64_t{50})),
                                   Pair("disk_page_faults", Attribute(int64_t{0}))));
  EXPECT_THAT(DisturbanceNotes({std::nullopt, 0}, {std::nullopt, 0}),
              UnorderedElementsAre(Pair("disk_page_faults", Attribute(int64_t{0}))));
}

}  // namespace
}  // namespace bench::harness
