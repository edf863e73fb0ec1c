#include "results/statistics/change_points.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "base/random.h"
#include "base/status.h"
#include "tests/results/statistics/normal_draws.h"

namespace bench::results {
namespace {

struct Level {
  std::size_t length;
  double mean;
};

// Levels with a spread of 1% of 100.
std::vector<double> Series(const std::vector<Level>& levels, uint64_t seed) {
  Random random(seed);
  std::vector<double> values;
  for (const Level& level : levels) {
    const std::vector<double> draws = NormalDraws(&random, level.length, level.mean);
    values.insert(values.end(), draws.begin(), draws.end());
  }
  return values;
}

void ExpectNear(std::size_t actual, std::size_t expected) {
  EXPECT_LE(std::abs(static_cast<int64_t>(actual) - static_cast<int64_t>(expected)), 2)
      << actual << " where " << expected << " was planted";
}

TEST(FindChangePoints, LocatesAStepWithinTwo) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const auto points = FindChangePoints(Series({{30, 100}, {25, 104}}, seed));
    ASSERT_TRUE(points.ok());
    ASSERT_EQ(points->size(), 1u) << seed;
    ExpectNear(points->front().index, 30);
    // The median of 25 values is off by 1.25/5 = 0.25 at one standard error; four of those.
    EXPECT_NEAR(points->front().before, 100, 1);
    EXPECT_NEAR(points->front().after, 104, 1);
    EXPECT_LE(points->front().p_value, 0.001);
  }
}

TEST(FindChangePoints, FindsALevelThatWentBack) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    const auto points = FindChangePoints(Series({{40, 100}, {10, 106}, {40, 100}}, seed));
    ASSERT_EQ(points->size(), 2u) << seed;
    ExpectNear((*points)[0].index, 40);
    ExpectNear((*points)[1].index, 50);
    EXPECT_NEAR((*points)[0].after, 106, 1.6);  // ten values: 1.25/sqrt(10) = 0.4, four of those
    EXPECT_EQ((*points)[0].after, (*points)[1].before);
  }
}

TEST(FindChangePoints, FindsSeveralStepsInOrder) {
  const auto points = FindChangePoints(Series({{20, 100}, {20, 105}, {20, 111}, {20, 95}}, 3));
  ASSERT_EQ(points->size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) ExpectNear((*points)[i].index, 20 * (i + 1));
}

// 300 series of noise: each is searched once at 0.001, so 0.3 are expected to have a point that is
// significant, and their magnitude of 2% is rare beside.
TEST(FindChangePoints, StationaryNoiseHasNone) {
  int with_points = 0;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    with_points += FindChangePoints(Series({{40, 100}}, seed))->empty() ? 0 : 1;
  }
  EXPECT_LE(with_points, 1);
}

TEST(FindChangePoints, SignificantButSmallIsDropped) {
  Random random(1);
  std::vector<double> values = NormalDraws(&random, 30, 100, 0.01);
  for (const double value : NormalDraws(&random, 30, 101, 0.01)) values.push_back(value);
  EXPECT_TRUE(FindChangePoints(values)->empty());
  const auto points = FindChangePoints(values, {.min_relative_change = 0.005});
  ASSERT_EQ(points->size(), 1u);
  EXPECT_EQ(points->front().index, 30u);
}

// Ranks let one outlier weigh no more than any greatest value.
TEST(FindChangePoints, OneOutlierIsNoChange) {
  std::vector<double> values = Series({{40, 100}}, 4);
  values[20] = 1e6;
  EXPECT_TRUE(FindChangePoints(values)->empty());
}

TEST(FindChangePoints, ConstantAndShortSeriesHaveNone) {
  EXPECT_TRUE(FindChangePoints(std::vector<double>(50, 3.0))->empty());
  EXPECT_TRUE(FindChangePoints({})->empty());
  EXPECT_TRUE(FindChangePoints(std::vector<double>{1, 1, 1, 1, 9, 9, 9, 9, 9})->empty());
}

// From 0 any change is infinitely great: eight zeros, then ones.
TEST(FindChangePoints, ACountThatLeavesZeroChanges) {
  std::vector<double> values(8, 0.0);
  values.resize(16, 1.0);
  const auto points = FindChangePoints(values);
  ASSERT_EQ(points->size(), 1u);
  EXPECT_EQ(points->front().index, 8u);
  EXPECT_EQ(points->front().before, 0);
  EXPECT_EQ(points->front().after, 1);
}

TEST(FindChangePoints, AnAbsoluteChangeMayBeDemandedToo) {
  std::vector<double> values(10, 0.001);
  values.resize(20, 0.002);
  EXPECT_EQ(FindChangePoints(values, {.min_change = 0.0005})->size(), 1u);
  EXPECT_TRUE(FindChangePoints(values, {.min_change = 0.01})->empty());
}

// Beyond kMaxGrid values the search is on a grid; where the change is comes out as exactly.
TEST(FindChangePoints, ALongSeriesIsLocatedAsExactly) {
  for (const std::size_t first : {401, 402, 403, 404}) {
    const auto points = FindChangePoints(Series({{first, 100}, {1000 - first, 105}}, 5));
    ASSERT_EQ(points->size(), 1u);
    ExpectNear(points->front().index, first);
  }
}

TEST(FindChangePoints, RefusesWhatCannotBeSearched) {
  const std::vector<double> values(20, 1.0);
  EXPECT_EQ(ExitCodeFor(FindChangePoints(std::vector<double>{1, NAN}).status()), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(FindChangePoints(std::vector<double>(2001, 1.0)).status()),
            ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(FindChangePoints(values, {.min_segment = 1}).status()), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(FindChangePoints(values, {.num_resamples = 500}).status()),
            ExitCode::kUsage);
}

}  // namespace
}  // namespace bench::results
