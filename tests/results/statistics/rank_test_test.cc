#include "results/statistics/rank_test.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/status.h"
#include "tests/results/statistics/normal_draws.h"
#include "tests/results/statistics/scipy_cases.h"

namespace bench::results {
namespace {

using Sample = std::vector<double>;

TEST(RankTest, EqualsScipyWithoutTiesWithTiesAndForManyValues) {
  for (const auto& row : ScipyCases("rank_test")) {
    const Sample base = Numbers(row.at("base"));
    const Sample head = Numbers(row.at("head"));
    for (const auto& [name, tail] : kTails) {
      const auto result = RankTest(base, head, tail);
      ASSERT_TRUE(result.ok());
      EXPECT_EQ(result->u, row.at("u").get<double>());
      EXPECT_EQ(result->exact, row.at("exact").get<bool>());
      ExpectClose(result->p_value, OfTail(row.at("p"), name));
    }
  }
}

// All ten splits of {1, 1, 2, 3, 3} into three and two: the head's midrank sum reaches its 9, of
// {3, 3}, once.
TEST(RankTest, TiesAreCountedByHand) {
  EXPECT_DOUBLE_EQ(RankTest(Sample{1, 1, 2}, Sample{3, 3}, Tail::kGreater)->p_value, 0.1);
  EXPECT_DOUBLE_EQ(RankTest(Sample{1, 1, 2}, Sample{3, 3})->p_value, 0.2);
  EXPECT_EQ(RankTest(Sample{1, 1, 2}, Sample{3, 3})->u, 6);
}

TEST(RankTest, EqualValuesSayNothing) {
  EXPECT_EQ(RankTest(Sample(4, 1.0), Sample(5, 1.0))->p_value, 1);
  EXPECT_EQ(RankTest(Sample(80, 1.0), Sample(70, 1.0))->p_value, 1);
}

TEST(RankTest, ExchangingTheArmsExchangesTheTails) {
  const Sample base = {1, 4, 4, 6, 9};
  const Sample head = {4, 7, 8};
  EXPECT_DOUBLE_EQ(RankTest(base, head, Tail::kLess)->p_value,
                   RankTest(head, base, Tail::kGreater)->p_value);
  EXPECT_DOUBLE_EQ(RankTest(base, head)->p_value, RankTest(head, base)->p_value);
}

TEST(SmallestRankTestPValue, IsReachedByCompleteSeparation) {
  const Sample base = {1, 2, 3, 4, 5};
  const Sample head = {6, 7, 8, 9, 10};
  EXPECT_DOUBLE_EQ(SmallestRankTestPValue(5, 5), 2.0 / 252);
  EXPECT_DOUBLE_EQ(RankTest(base, head)->p_value, 2.0 / 252);
  EXPECT_DOUBLE_EQ(RankTest(base, head, Tail::kGreater)->p_value,
                   SmallestRankTestPValue(5, 5, Tail::kGreater));
  EXPECT_EQ(SmallestRankTestPValue(1, 1), 1);
}

// Differences of {1, 2} and {4, 8}: 2, 3, 6, 7.
TEST(EstimateShift, IsTheMedianOfDifferences) {
  EXPECT_EQ(EstimateShift(Sample{1, 2}, Sample{8, 4}, 0.5)->shift, 4.5);
}

// Three against three reach a level of 90% exactly, by all nine differences: 1 - 2/20.
TEST(EstimateShift, IntervalIsInfiniteWhereTheLevelIsOutOfReach) {
  const Sample base = {1, 2, 4};
  const Sample head = {10, 20, 40};
  EXPECT_EQ(EstimateShift(base, head, 0.9)->interval, (Interval{6, 39}));
  EXPECT_EQ(EstimateShift(base, head, 0.95)->interval, (Interval{-INFINITY, INFINITY}));
}

// For 6 against 6 as many splits have U = k as there are partitions of k <= 6: 1 1 2 3 5 7 11. So
// P(U <= 5) = 19/924 = 0.0206 and P(U <= 6) = 30/924 = 0.0325, and c = 6 at 95%: the sixth least
// and the sixth greatest difference.
TEST(EstimateShift, IntervalTakesTheTabulatedOrderStatistics) {
  const Sample base = {0, 0, 0, 0, 0, 0};
  const Sample head = {1, 2, 3, 4, 5, 6};
  // Each of 1 ... 6 six times: the sixth is 1, the 31st is 6.
  EXPECT_EQ(EstimateShift(base, head, 0.95)->interval, (Interval{1, 6}));
  // At 93.5% c = 7: the seventh is 2, the 30th is 5.
  EXPECT_EQ(EstimateShift(base, head, 0.935)->interval, (Interval{2, 5}));
}

// 2,000 pairs of normal arms, shift 1: the exact level of 8 against 8 at 95% is 1 - 2 P(U <= 13)
// = 0.9501; four standard errors of 2,000 draws are 0.0195. The arms of 60 use the approximation.
TEST(EstimateShift, IntervalCoversAtItsLevel) {
  Random random(2);
  for (const std::size_t size : {8u, 60u}) {
    int covered = 0;
    const int num_draws = size == 8 ? 2000 : 300;
    for (int i = 0; i < num_draws; ++i) {
      const Sample base = NormalDraws(&random, size, 5);
      const Sample head = NormalDraws(&random, size, 6);
      covered += EstimateShift(base, head, 0.95)->interval.Contains(1) ? 1 : 0;
    }
    EXPECT_NEAR(covered / static_cast<double>(num_draws), 0.95,
                4 * std::sqrt(0.95 * 0.05 / num_draws));
  }
}

TEST(RankTest, RefusesWhatCannotBeRanked) {
  EXPECT_EQ(ExitCodeFor(RankTest(Sample{}, Sample{1}).status()), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(RankTest(Sample{NAN}, Sample{1}).status()), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(EstimateShift(Sample{1}, Sample{1}, 1).status()), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(EstimateShift(Sample(1001, 0.0), Sample(1000, 0.0), 0.9).status()),
            ExitCode::kUsage);
}

}  // namespace
}  // namespace bench::results
