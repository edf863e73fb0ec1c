#include "harness/run/run_memory.h"

#include <gtest/gtest.h>

#include "results/metrics.h"

namespace bench::harness {
namespace {

TEST(RunMemory, IsThisProcesssOwn) {
  const auto memory = MemoryOf({{{&results::kParameters, ""}, 3}}, DeviceKind::kCpu);
  ASSERT_EQ(memory.size(), 1u);  // no GPU
  EXPECT_EQ(memory[0].key.descriptor, &results::kPeakMemory);
  EXPECT_GT(memory[0].value, 1 << 20);
}

TEST(RunMemory, IsNotAddedToThatOfAProgram) {
  EXPECT_TRUE(MemoryOf({{{&results::kPeakMemory, ""}, 3}}, DeviceKind::kCpu).empty());
}

}  // namespace
}  // namespace bench::harness
