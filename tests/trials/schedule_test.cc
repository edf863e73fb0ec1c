#include "trials/schedule.h"

#include <gtest/gtest.h>

#include <set>

namespace bench::trials {
namespace {

TEST(PlanRuns, EveryBlockIsAbbaOrBaabAndBothOccur) {
  const std::vector<PlannedRun> runs = PlanRuns(40, 1);
  ASSERT_EQ(runs.size(), 80U);
  std::set<Side> first;
  for (size_t block = 0; block < runs.size(); block += 4) {
    const int64_t number = runs[block].replicate;
    EXPECT_EQ(number, static_cast<int64_t>(block / 2));
    EXPECT_EQ(runs[block].side, runs[block + 3].side);
    EXPECT_EQ(runs[block + 1].side, runs[block + 2].side);
    EXPECT_NE(runs[block].side, runs[block + 1].side);
    EXPECT_EQ(runs[block + 1].replicate, number);
    EXPECT_EQ(runs[block + 2].replicate, number + 1);
    EXPECT_EQ(runs[block + 3].replicate, number + 1);
    first.insert(runs[block].side);
  }
  EXPECT_EQ(first.size(), 2U);
}

TEST(PlanRuns, AnOddReplicateIsAPair) {
  const std::vector<PlannedRun> runs = PlanRuns(3, 1);
  ASSERT_EQ(runs.size(), 6U);
  EXPECT_EQ(runs[4].replicate, 2);
  EXPECT_EQ(runs[5].replicate, 2);
  EXPECT_NE(runs[4].side, runs[5].side);
}

TEST(PlanRuns, OneSeedHasOneOrder) {
  const auto sides = [](uint64_t seed) {
    std::vector<Side> order;
    for (const PlannedRun& run : PlanRuns(20, seed)) order.push_back(run.side);
    return order;
  };
  EXPECT_EQ(sides(7), sides(7));
  EXPECT_NE(sides(7), sides(8));
}

}  // namespace
}  // namespace bench::trials
