#include "results/statistics/seed_band.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/status.h"
#include "results/statistics/bootstrap.h"
#include "results/statistics/descriptive.h"
#include "tests/results/statistics/fit_cases.h"
#include "tests/results/statistics/scipy_cases.h"

namespace bench::results {
namespace {

using Sample = std::vector<double>;

TEST(BandOfMean, OfFewSeedsEqualsSciPysTInterval) {
  for (const auto& row : FitCases("student")) {
    const auto band = BandOfMean(Numbers(row.at("values")));
    ASSERT_TRUE(band.ok()) << band.status();
    EXPECT_EQ(band->method, BandMethod::kStudent);
    ExpectClose(band->mean, row.at("mean"), 1e-12);
    // Differences of a mean around 0.5 and a reach of up to ten times as much.
    EXPECT_NEAR(band->interval.low, row.at("low").get<double>(), 1e-11);
    EXPECT_NEAR(band->interval.high, row.at("high").get<double>(), 1e-11);
  }
}

TEST(BandOfMean, OfSixSeedsIsABootstrap) {
  const Sample values = {0.1, 0.4, 0.2, 0.5, 0.3, 0.9};
  const auto band = BandOfMean(values, 0.9, 7);
  ASSERT_TRUE(band.ok()) << band.status();
  EXPECT_EQ(band->method, BandMethod::kBootstrap);
  const auto drawn = Bootstrap(values, Mean, {.level = 0.9, .seed = 7});
  EXPECT_EQ(band->interval, drawn->interval);
  EXPECT_EQ(BandOfMean(Sample(values.begin(), values.end() - 1))->method, BandMethod::kStudent);
}

TEST(BandOfMean, EqualSeedsHaveAPoint) {
  EXPECT_EQ(BandOfMean(Sample(3, 0.25))->interval, (Interval{0.25, 0.25}));
  EXPECT_EQ(BandOfMean(Sample(8, 0.25))->interval, (Interval{0.25, 0.25}));
}

TEST(BandOfMean, OneSeedHasNone) {
  EXPECT_EQ(ExitCodeFor(BandOfMean(Sample{0.5}).status()), ExitCode::kUsage);
}

}  // namespace
}  // namespace bench::results
