#include "results/sweeps/arms_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/results/sweeps/sample_sweep.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// Mean 0.875, deviation 0.125: 0.875 -+ 4.302653 * 0.125 / sqrt(3).
TEST(ArmsText, HasMeanIntervalAndEveryReplicateOfAnArm) {
  const std::string text = ArmsText(SampleSweepRecord());
  EXPECT_THAT(text, StartsWith("exact_match/unseen\n  chain "));
  EXPECT_THAT(text, HasSubstr("treatment       0.875  0.56448 to 1.1855       0.75 1 0.875\n"));
  EXPECT_THAT(text, HasSubstr("direct control "));
  EXPECT_THAT(text, HasSubstr("loss\n  chain "));
}

TEST(ArmsText, AnArmWithoutTheMetricHasNoLine) {
  const std::string text = ArmsText(SampleSweepRecord());
  EXPECT_THAT(text.substr(text.find("loss\n")), Not(HasSubstr("direct")));
}

TEST(ArmsText, OfOtherStagesThereIsNone) { EXPECT_EQ(ArmsText(SampleRecord()), ""); }

}  // namespace
}  // namespace bench::results
