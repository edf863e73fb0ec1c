#include "results/comparison/selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/results/sample_record.h"

namespace bench::results {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(MetricSelection, SelectsByNamePathAndKind) {
  const MetricInfo whole = Info(kExactMatch);
  const MetricInfo part = Info(kExactMatch, "en_zh");
  EXPECT_TRUE(MetricSelection().Has(part));
  EXPECT_TRUE(MetricSelection({"exact_match"}).Has(whole));
  EXPECT_TRUE(MetricSelection({"exact_match"}).Has(part));
  EXPECT_FALSE(MetricSelection({"exact_match/en_zh"}).Has(whole));
  EXPECT_TRUE(MetricSelection({"loss", "exact_match/en_zh"}).Has(part));
  EXPECT_TRUE(MetricSelection({"learning"}).Has(part));
  EXPECT_FALSE(MetricSelection({"time"}).Has(part));
}

TEST(MetricSelection, NamesWhatSelectsNothing) {
  const std::vector<MetricInfo> metrics = {Info(kLoss), Info(kStepTime)};
  EXPECT_THAT(MetricSelection({"time", "los", "memory"}).Idle(metrics), ElementsAre("los"));
  EXPECT_THAT(MetricSelection().Idle(metrics), IsEmpty());
}

}  // namespace
}  // namespace bench::results
