#include "harness/run/replicates.h"

#include "gtest/gtest.h"

namespace bench::harness {
namespace {

TEST(WorseExitCode, OrdersByHowMuchTheResultCanBeTrusted) {
  EXPECT_EQ(WorseExitCode(0, 3), 3);
  EXPECT_EQ(WorseExitCode(1, 3), 1);
  EXPECT_EQ(WorseExitCode(1, 2), 2);
  EXPECT_EQ(WorseExitCode(4, 2), 4);
  EXPECT_EQ(WorseExitCode(4, 5), 5);
  EXPECT_EQ(WorseExitCode(143, 5), 143);
  EXPECT_EQ(WorseExitCode(0, 0), 0);
}

}  // namespace
}  // namespace bench::harness
