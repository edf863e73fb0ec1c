#include "harness/training/mixture_sampler.h"

#include <set>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace bench::harness {
namespace {

const std::vector<MixturePart> kParts = {{"a", 3, 7}, {"b", 1, 5}};

TEST(MixtureSampler, SeesEveryRowOfATaskOnceAnEpoch) {
  MixtureSampler sampler({{"a", 1, 7}}, SeedSource{1, 0});
  std::vector<int64_t> first, second;
  for (int i = 0; i < 7; ++i) first.push_back(sampler.Next().row);
  for (int i = 0; i < 7; ++i) second.push_back(sampler.Next().row);
  EXPECT_EQ(std::set<int64_t>(first.begin(), first.end()).size(), 7u);
  EXPECT_EQ(std::set<int64_t>(second.begin(), second.end()).size(), 7u);
  EXPECT_NE(first, second);
}

TEST(MixtureSampler, DrawsTasksByWeight) {
  MixtureSampler sampler(kParts, SeedSource{1, 0});
  constexpr int kDraws = 10000;
  int from_a = 0;
  for (int i = 0; i < kDraws; ++i) from_a += sampler.Next().part == 0 ? 1 : 0;
  // Binomial(10000, 3/4): standard deviation 43; four of them.
  EXPECT_NEAR(from_a, 7500, 174);
}

TEST(MixtureSampler, ContinuesExactlyFromASavedStateAtAnyPoint) {
  for (int steps : {0, 1, 6, 7, 8, 40}) {
    MixtureSampler whole(kParts, SeedSource{2, 0});
    for (int i = 0; i < steps; ++i) whole.Next();
    MixtureSampler resumed(kParts, SeedSource{2, 0});
    ASSERT_TRUE(resumed.RestoreState(whole.SaveState()).ok());
    for (int i = 0; i < 50; ++i) {
      const MixtureDraw expected = whole.Next();
      const MixtureDraw draw = resumed.Next();
      EXPECT_EQ(draw.part, expected.part);
      EXPECT_EQ(draw.row, expected.row);
    }
  }
}

// Two rows of "a" and one of "b" in every five, the others by weight.
const std::vector<MixturePart> kFixed = {{"a", 0, 7, 2}, {"b", 0, 5, 1}, {"c", 1, 4}, {"d", 3, 3}};

TEST(MixtureSampler, TasksHaveTheirRowsOfEveryBatch) {
  MixtureSampler sampler(kFixed, SeedSource{1, 0}, 5);
  std::vector<int64_t> of_a;
  int from_d = 0;
  constexpr int kBatches = 5000;
  for (int batch = 0; batch < kBatches; ++batch) {
    for (int place = 0; place < 5; ++place) {
      const MixtureDraw draw = sampler.Next();
      if (place < 3) {
        ASSERT_EQ(draw.part, place < 2 ? 0U : 1U);
        if (draw.part == 0) of_a.push_back(draw.row);
      } else {
        ASSERT_GE(draw.part, 2U);
        from_d += draw.part == 3 ? 1 : 0;
      }
    }
  }
  // Binomial(10000, 3/4): standard deviation 43; four of them.
  EXPECT_NEAR(from_d, 7500, 174);
  EXPECT_EQ(std::set<int64_t>(of_a.begin(), of_a.begin() + 7).size(), 7u);
}

// A task's order is its own: the rows of "a" are those that it has alone.
TEST(MixtureSampler, OtherTasksDoNotChangeTheOrderOfATask) {
  MixtureSampler together(kFixed, SeedSource{1, 0}, 5);
  MixtureSampler alone({{"a", 1, 7}}, SeedSource{1, 0});
  for (int i = 0; i < 100; ++i) {
    const MixtureDraw draw = together.Next();
    if (draw.part != 0) continue;
    EXPECT_EQ(draw.row, alone.Next().row);
  }
}

TEST(MixtureSampler, ABatchGoesOnWhereItsStateWasSaved) {
  for (const int draws : {0, 1, 2, 3, 4, 33, 171}) {
    MixtureSampler whole(kFixed, SeedSource{2, 0}, 5);
    for (int i = 0; i < draws; ++i) whole.Next();
    MixtureSampler resumed(kFixed, SeedSource{2, 0}, 5);
    ASSERT_TRUE(resumed.RestoreState(whole.SaveState()).ok());
    for (int i = 0; i < 50; ++i) {
      const MixtureDraw expected = whole.Next();
      const MixtureDraw draw = resumed.Next();
      EXPECT_EQ(draw.part, expected.part);
      EXPECT_EQ(draw.row, expected.row);
    }
  }
}

TEST(MixtureSampler, ReplicatesSeeAnotherOrder) {
  MixtureSampler first({{"a", 1, 100}}, SeedSource{1, 0});
  MixtureSampler second({{"a", 1, 100}}, SeedSource{1, 1});
  int equal = 0;
  for (int i = 0; i < 100; ++i) equal += first.Next().row == second.Next().row ? 1 : 0;
  EXPECT_LT(equal, 20);
}

TEST(MixtureSampler, RefusesTheStateOfAnotherMixture) {
  const auto state = MixtureSampler(kParts, SeedSource{1, 0}).SaveState();
  MixtureSampler other({{"a", 3, 8}, {"b", 1, 5}}, SeedSource{1, 0});
  EXPECT_EQ(other.RestoreState(state).code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace bench::harness
