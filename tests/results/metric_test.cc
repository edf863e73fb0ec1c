#include "results/metric.h"

#include <gtest/gtest.h>

namespace bench::results {
namespace {

constexpr MetricDescriptor kDescriptor = {"speed", "1/s", Better::kHigher, false, 0.02, "Speed"};

TEST(MetricKey, PathJoinsNameAndLabel) {
  EXPECT_EQ((MetricKey{&kDescriptor, ""}.Path()), "speed");
  EXPECT_EQ((MetricKey{&kDescriptor, "zh"}.Path()), "speed/zh");
}

TEST(MetricNames, EveryEnumeratorIsReadBackFromItsName) {
  for (const Better better : {Better::kLower, Better::kHigher, Better::kNone}) {
    EXPECT_EQ(ParseBetter(Name(better)), better);
  }
  for (const MetricKind kind :
       {MetricKind::kLearning, MetricKind::kTime, MetricKind::kMemory, MetricKind::kCount}) {
    EXPECT_EQ(ParseMetricKind(Name(kind)), kind);
  }
}

TEST(MetricNames, AreTheOnesOfTheFormat) {
  EXPECT_EQ(Name(Better::kLower), "lower");
  EXPECT_EQ(Name(Better::kHigher), "higher");
  EXPECT_EQ(Name(Better::kNone), "none");
  EXPECT_EQ(ParseBetter("LOWER"), std::nullopt);
  EXPECT_EQ(ParseMetricKind(""), std::nullopt);
}

}  // namespace
}  // namespace bench::results
