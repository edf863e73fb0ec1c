// What is missing and in which order is tried on whole experiments by
// tests/commands/pipeline_test.py.
#include "harness/run/prerequisites.h"

#include "gtest/gtest.h"

namespace bench::harness {
namespace {

TEST(Prerequisites, DurationsHaveTwoUnitsAtMost) {
  EXPECT_EQ(DurationText(0.4), "0 s");
  EXPECT_EQ(DurationText(59.4), "59 s");
  EXPECT_EQ(DurationText(59.6), "1 min 0 s");
  EXPECT_EQ(DurationText(200), "3 min 20 s");
  EXPECT_EQ(DurationText(7500), "2 h 5 min");
}

TEST(Prerequisites, NothingIsSaidWhereNothingIsMissing) {
  EXPECT_TRUE(PrerequisiteLines({}).empty());
}

TEST(Prerequisites, ATotalOfWhichNothingIsKnownIsLeftOut) {
  const auto lines =
      PrerequisiteLines({{"a@1", std::nullopt, std::nullopt}, {"b@1", std::nullopt, std::nullopt}});
  EXPECT_EQ(lines.size(), 3u);
}

TEST(Prerequisites, EachHasItsLineAndTogetherTheyHaveWhatIsKnown) {
  const auto lines = PrerequisiteLines(
      {{"a@1", 100.0, 0}, {"b@2", std::nullopt, 3 << 20}, {"c@1", 20.0, std::nullopt}});
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_EQ(lines[1], "  a@1: took 1 min 40 s when last measured here, little disk");
  EXPECT_EQ(lines[2], "  b@2: time not measured here, at most 3.00 MiB of disk");
  EXPECT_EQ(lines[3],
            "  c@1: took 20 s when last measured here, disk known once its inputs are there");
  EXPECT_EQ(lines[4],
            "  together 2 min 0 s and 1 not measured, 3.00 MiB of disk and 1 not known yet");
}

}  // namespace
}  // namespace bench::harness
