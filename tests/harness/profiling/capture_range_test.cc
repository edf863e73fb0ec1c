#include "harness/profiling/capture_range.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/measurement/ranges.h"
#include "tests/harness/profiling/recorded_nvtx.h"

namespace bench::harness {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(CaptureRange, LiesAroundTheRunsRangesAndTheOperatorsWithin) {
  const at::Tensor x = at::ones({2});
  const std::string events = NvtxEventsOf([&] {
    RangeTable table;
    { const Range before(table, RangeId::kStep, 1); }
    CaptureRange capture;
    ASSERT_TRUE(capture.Start().ok());
    {
      const Range step(table, RangeId::kStep, 2);
      x.add(x);
    }
    const auto tables = capture.Stop();
    ASSERT_TRUE(tables.ok());
    EXPECT_TRUE(tables->empty());
    x.add(x);  // no longer a range
  });
  EXPECT_THAT(events, StartsWith("push bench@step 1\npop bench\npush bench@profiled\n"
                                 "push bench@step 2\n"));
  EXPECT_THAT(events, HasSubstr("push bench@aten::add\npop bench\n"));
  EXPECT_THAT(events, EndsWith("pop bench\npop bench\npop bench\n"));  // add, step, profiled
}

TEST(CaptureRange, IsClosedWhereTheRunEndsEarly) {
  const std::string events = NvtxEventsOf([] {
    CaptureRange capture;
    ASSERT_TRUE(capture.Start().ok());
  });
  EXPECT_EQ(events, "push bench@profiled\npop bench\n");
}

}  // namespace
}  // namespace bench::harness
