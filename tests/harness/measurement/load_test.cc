#include "harness/measurement/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/measurement/fake_root.h"

namespace bench::harness {
namespace {

using results::Attribute;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST(Load, IsWhatTheKernelSays) {
  FakeRoot root;
  root.Write("loadavg", "2.47 2.74 1.52 3/108 12157\n");
  root.Write("pressure/cpu",
             "some avg10=12.50 avg60=1.00 avg300=1.00 total=7\nfull avg10=99.00 avg60=0.00\n");
  root.Write("pressure/io", "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
  EXPECT_THAT(ReadLoad(root.path()),
              UnorderedElementsAre(
                  Pair("load_1min", Attribute(2.47)), Pair("load_5min", Attribute(2.74)),
                  Pair("load_15min", Attribute(1.52)), Pair("load_runnable", Attribute(int64_t{3})),
                  Pair("cpu_pressure", Attribute(0.125)), Pair("io_pressure", Attribute(0.0))));
}

TEST(Load, WhatCannotBeReadIsAbsent) {
  FakeRoot root;
  EXPECT_THAT(ReadLoad(root.path()), IsEmpty());
  root.Write("loadavg", "1.00 2.00\n");
  root.Write("pressure/cpu", "full avg10=1.00\n");
  root.Write("pressure/memory", "some avg10=many avg60=0.00\n");
  EXPECT_THAT(ReadLoad(root.path()), IsEmpty());
}

}  // namespace
}  // namespace bench::harness
