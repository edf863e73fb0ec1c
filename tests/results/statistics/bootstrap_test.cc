#include "results/statistics/bootstrap.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/status.h"
#include "results/statistics/descriptive.h"
#include "tests/results/statistics/normal_draws.h"
#include "tests/results/statistics/scipy_cases.h"

namespace bench::results {
namespace {

using Sample = std::vector<double>;

// An end is the quantile q near 0.025 or 0.975 of B = 100,000 resamples, on both sides. Of a
// distribution with deviation se that is nearly normal it is off by sqrt(q (1 - q)/B)/phi(1.96) se
// = 0.0085 se, in BCa also by twice the error of z0, sqrt(0.25/B)/phi(0) = 0.004. The root of the
// sum over both sides is 0.016 se; five of those.
constexpr double kToleranceInErrors = 0.08;

TEST(Bootstrap, EqualsScipyUpToTheNoiseOfResampling) {
  for (const auto& row : ScipyCases("bootstrap")) {
    const auto samples = row.at("samples").get<std::vector<Sample>>();
    const BootstrapOptions options = {
        .method = row.at("method") == "BCa" ? BootstrapMethod::kBca : BootstrapMethod::kPercentile,
        .num_resamples = 100'000,
        .seed = 1};
    const auto result = samples.size() == 1
                            ? Bootstrap(samples[0], Mean, options)
                            : BootstrapDifference(samples[0], samples[1], Mean, options);
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(result->method, options.method);
    const double tolerance = kToleranceInErrors * row.at("standard_error").get<double>();
    EXPECT_NEAR(result->interval.low, row.at("low"), tolerance);
    EXPECT_NEAR(result->interval.high, row.at("high"), tolerance);
  }
}

// Two values have four resamples: means 0, 1, 1, 2 by quarters. The quantiles 0.25 and 0.75 of many
// lie among the 1s or at the edge; 0.3 and 0.7 lie among them.
TEST(Bootstrap, PercentilesByHand) {
  const Sample values = {0, 2};
  const auto narrow =
      Bootstrap(values, Mean, {.method = BootstrapMethod::kPercentile, .level = 0.4});
  EXPECT_EQ(narrow->interval, (Interval{1, 1}));
  const auto wide = Bootstrap(values, Mean, {.method = BootstrapMethod::kPercentile, .level = 0.9});
  EXPECT_EQ(wide->interval, (Interval{0, 2}));
  EXPECT_EQ(wide->estimate, 1);
}

TEST(Bootstrap, WithoutInfluenceThePercentilesStandIn) {
  const auto result = Bootstrap(Sample(5, 3.5), Median);
  EXPECT_EQ(result->method, BootstrapMethod::kPercentile);
  EXPECT_EQ(result->interval, (Interval{3.5, 3.5}));
}

TEST(BootstrapDifference, ExchangingTheArmsNegatesTheEstimate) {
  const Sample base = {1, 2, 4, 8, 16};
  const Sample head = {3, 5, 9};
  EXPECT_EQ(BootstrapDifference(base, head, Median)->estimate, 1);
  EXPECT_EQ(BootstrapDifference(head, base, Median)->estimate, -1);
}

// The seed decides, and only the noise of resampling depends on it.
TEST(Bootstrap, IsAFunctionOfTheSeed) {
  Random random(1);
  const Sample values = NormalDraws(&random, 20);
  const auto with_seed = [&values](uint64_t seed) {
    return Bootstrap(values, InterquartileMean, {.num_resamples = 500, .seed = seed})->interval;
  };
  EXPECT_EQ(with_seed(1), with_seed(1));
  EXPECT_NE(with_seed(1), with_seed(2));
}

// 300 samples of 30 normal values, 95%: the bootstrap's intervals are a little narrow (t against
// normal quantiles and n - 1 against n: about 93.5%); four standard errors are 0.057.
TEST(Bootstrap, IntervalCoversTheMean) {
  Random random(2);
  int covered = 0;
  for (int i = 0; i < 300; ++i) {
    const Sample values = NormalDraws(&random, 30, 5);
    covered += Bootstrap(values, Mean, {.num_resamples = 999})->interval.Contains(5) ? 1 : 0;
  }
  EXPECT_NEAR(covered / 300.0, 0.935, 0.057);
}

TEST(Bootstrap, RefusesWhatCannotBeResampled) {
  EXPECT_EQ(ExitCodeFor(Bootstrap(Sample{1}, Mean).status()), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(Bootstrap(Sample{1, NAN}, Mean).status()), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(Bootstrap(Sample{1, 2}, Mean, {.level = 0}).status()), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(BootstrapDifference(Sample{1, 2}, Sample{1}, Mean).status()),
            ExitCode::kUsage);
  const Statistic undefined = [](std::span<const double> values) {
    return std::log(-Mean(values));
  };
  EXPECT_EQ(ExitCodeFor(Bootstrap(Sample{1, 2}, undefined).status()), ExitCode::kUsage);
}

}  // namespace
}  // namespace bench::results
