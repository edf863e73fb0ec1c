#include "results/statistics/proportions.h"

#include <gtest/gtest.h>

#include "base/status.h"
#include "tests/results/statistics/scipy_cases.h"

namespace bench::results {
namespace {

TEST(WilsonInterval, EqualsScipy) {
  for (const auto& row : ScipyCases("wilson")) {
    const auto interval =
        WilsonInterval({row.at("successes"), row.at("trials")}, row.at("level").get<double>());
    ASSERT_TRUE(interval.ok());
    // Absolute: the ends are 0 and 1 there but for a rounding.
    EXPECT_NEAR(interval->low, row.at("low"), 1e-12);
    EXPECT_NEAR(interval->high, row.at("high"), 1e-12);
  }
}

TEST(WilsonInterval, EndsAreExact) {
  EXPECT_EQ(WilsonInterval({0, 7}, 0.95)->low, 0);
  EXPECT_EQ(WilsonInterval({7, 7}, 0.95)->high, 1);
}

TEST(McNemar, EqualsScipysBinomialTest) {
  for (const auto& row : ScipyCases("mcnemar")) {
    for (const auto& [name, tail] : kTails) {
      const auto p = McNemarPValue({row.at("only_base"), row.at("only_head")}, tail);
      ASSERT_TRUE(p.ok());
      ExpectClose(*p, OfTail(row.at("p"), name));
    }
  }
}

// Newcombe 1998, table II, method 10: 56/70 - 48/80 has the interval (0.0524, 0.3339), and
// 10/10 - 0/10 has (0.6075, 1).
TEST(CompareProportions, EqualsThePublishedExamples) {
  const auto result = CompareProportions({48, 80}, {56, 70}, 0.95);
  ASSERT_TRUE(result.ok());
  EXPECT_DOUBLE_EQ(result->difference, 0.2);
  EXPECT_NEAR(result->interval.low, 0.0524, 5e-5);
  EXPECT_NEAR(result->interval.high, 0.3339, 5e-5);
  const auto extreme = CompareProportions({0, 10}, {10, 10}, 0.95);
  EXPECT_NEAR(extreme->interval.low, 0.6075, 5e-5);
  EXPECT_EQ(extreme->interval.high, 1);
}

TEST(Proportions, RefusesWhatIsNone) {
  EXPECT_EQ(ExitCodeFor(WilsonInterval({0, 0}, 0.95).status()), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(WilsonInterval({3, 2}, 0.95).status()), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(WilsonInterval({1, 2}, 1.5).status()), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(CompareProportions({1, 2}, {-1, 2}, 0.9).status()), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(McNemarPValue({-1, 2}).status()), ExitCode::kUsage);
}

}  // namespace
}  // namespace bench::results
