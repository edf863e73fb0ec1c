#include "harness/stages/program/reduction.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace bench::harness {
namespace {

TEST(Reduction, IsTheNumberThatItsNameSays) {
  const std::vector<double> values = {4, 1, 9, 2};
  EXPECT_EQ(Reduce(Reduction::kLast, values), 2);
  EXPECT_EQ(Reduce(Reduction::kMean, values), 4);
  EXPECT_EQ(Reduce(Reduction::kMedian, values), 3);
  EXPECT_EQ(Reduce(Reduction::kMin, values), 1);
  EXPECT_EQ(Reduce(Reduction::kMax, values), 9);
  EXPECT_EQ(Reduce(Reduction::kNone, values), std::nullopt);
  EXPECT_EQ(Reduce(Reduction::kMean, {}), std::nullopt);
}

TEST(Reduction, DoesNotPassOverANan) {
  const std::vector<double> values = {1, std::numeric_limits<double>::quiet_NaN(), 3};
  for (const Reduction reduction :
       {Reduction::kMean, Reduction::kMedian, Reduction::kMin, Reduction::kMax}) {
    EXPECT_TRUE(std::isnan(*Reduce(reduction, values)));
  }
  EXPECT_EQ(Reduce(Reduction::kLast, values), 3);
}

TEST(Reduction, OfATimeIsTheMedianOfMemoryTheLargest) {
  ProgramMetricSpec metric;
  EXPECT_EQ(ReductionOf(metric, ReportedAs::kStep), Reduction::kLast);
  EXPECT_EQ(ReductionOf(metric, ReportedAs::kSample), Reduction::kMedian);
  metric.kind = results::MetricKind::kTime;
  EXPECT_EQ(ReductionOf(metric, ReportedAs::kStep), Reduction::kMedian);
  metric.kind = results::MetricKind::kMemory;
  EXPECT_EQ(ReductionOf(metric, ReportedAs::kStep), Reduction::kMax);
  metric.summary = Reduction::kMean;
  EXPECT_EQ(ReductionOf(metric, ReportedAs::kStep), Reduction::kMean);
}

}  // namespace
}  // namespace bench::harness
