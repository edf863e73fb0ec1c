#include "results/statistics/false_discovery.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/random.h"
#include "base/status.h"
#include "results/statistics/rank_test.h"
#include "tests/results/statistics/scipy_cases.h"

namespace bench::results {
namespace {

using PValues = std::vector<double>;

TEST(FalseDiscovery, EqualsScipy) {
  for (const auto& row : ScipyCases("false_discovery")) {
    const auto adjusted = AdjustForFalseDiscovery(Numbers(row.at("p")));
    ASSERT_TRUE(adjusted.ok());
    const PValues expected = Numbers(row.at("adjusted"));
    ASSERT_EQ(adjusted->size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) ExpectClose((*adjusted)[i], expected[i]);
  }
}

// 0.01 * 3/1 = 0.03, 0.02 * 3/2 = 0.03, 0.9: the order of the metrics is kept.
TEST(FalseDiscovery, KeepsTheOrder) {
  const auto adjusted = AdjustForFalseDiscovery(PValues{0.9, 0.01, 0.02});
  EXPECT_DOUBLE_EQ((*adjusted)[0], 0.9);
  EXPECT_DOUBLE_EQ((*adjusted)[1], 0.03);
  EXPECT_DOUBLE_EQ((*adjusted)[2], 0.03);
}

// 1,000 suites of 50 metrics in which nothing differs, ten replicates an arm, independent. The
// chance that a suite is flagged at all is at most 5%, and less for exact p-values, which are
// coarse.
TEST(FalseDiscovery, FlagsAtMostOneInTwentyNullSuites) {
  Random random(1);
  const auto draws = [&random] {
    std::vector<double> values(10);
    for (double& value : values) value = random.Uniform();
    return values;
  };
  int flagged = 0;
  PValues p_values(50);
  for (int suite = 0; suite < 1000; ++suite) {
    for (double& p : p_values) p = RankTest(draws(), draws())->p_value;
    const auto adjusted = AdjustForFalseDiscovery(p_values);
    flagged += *std::min_element(adjusted->begin(), adjusted->end()) <= 0.05 ? 1 : 0;
  }
  EXPECT_LE(flagged, 50);
  EXPECT_GE(flagged, 10);  // and the procedure is not blind
}

TEST(FalseDiscovery, NothingIsAdjustedToNothingAndNanIsRefused) {
  EXPECT_TRUE(AdjustForFalseDiscovery({})->empty());
  for (const double bad : {-0.1, 1.1, std::nan("")}) {
    EXPECT_EQ(ExitCodeFor(AdjustForFalseDiscovery(PValues{0.5, bad}).status()), ExitCode::kUsage);
  }
}

}  // namespace
}  // namespace bench::results
