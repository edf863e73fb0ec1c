#include "harness/control/process_clock.h"

#include "gtest/gtest.h"

namespace bench::harness {
namespace {

TEST(ProcessClock, GrowsFromTheStartOfThisProcess) {
  const auto first = SecondsSinceProcessStart();
  const auto second = SecondsSinceProcessStart();
  ASSERT_TRUE(first.has_value());
  // The kernel's clock ticks at 100 Hz: the start is known to 0.01 s.
  EXPECT_GE(*first, -0.01);
  EXPECT_LT(*first, 60);
  EXPECT_GE(*second, *first);
}

}  // namespace
}  // namespace bench::harness
