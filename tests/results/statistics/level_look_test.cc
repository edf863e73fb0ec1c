#include "results/statistics/level_look.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"
#include "base/status.h"
#include "tests/results/statistics/normal_draws.h"

namespace bench::results {
namespace {

// scipy.stats.t(2).logpdf((0.3 - 0.5) / e) - logpdf((0.3 + 0.5) / e), e^2 = 0.04 * (0.75 + 1/12),
// is 2.4022; differences 0.8, 1.0, 1.2 have the mean 1 and the deviation 0.2.
TEST(LevelLook, IsTheRatioOfStudentsDensities) {
  const std::vector<double> differences = {0.8, 1.0, 1.2};
  const double error_squared = 0.04 * (0.75 + 1.0 / 12);
  const double near = 1 + 0.04 / error_squared / 2;
  const double far = 1 + 0.64 / error_squared / 2;
  const double odds = std::pow(far / near, 1.5);
  const auto look = LikelihoodsOf({10, 10.8, 11}, differences);
  ASSERT_TRUE(look.ok()) << look.status();
  EXPECT_NEAR(look->at_or_before, odds / (1 + odds), 1e-12);
  EXPECT_NEAR(look->at_or_before + look->after, 1, 1e-15);
}

TEST(LevelLook, TheMiddleTellsNothing) {
  const std::vector<double> differences = {1, 2};
  const auto look = LikelihoodsOf({0, 0.75, 1.5}, differences);
  EXPECT_NEAR(look->at_or_before, 0.5, 1e-15);
}

TEST(LevelLook, ADriftOfTheMachineDoesNotMoveIt) {
  const std::vector<double> differences = {1, 1.1, 0.9};
  EXPECT_NEAR(LikelihoodsOf({5, 5.1, 6}, differences)->after,
              LikelihoodsOf({8, 8.1, 9}, differences)->after, 1e-12);
}

TEST(LevelLook, OneLookCountsForNoMoreThanTheLimit) {
  const std::vector<double> exact = {1, 1, 1, 1};
  const auto same = LikelihoodsOf({0, 0, 1}, exact);
  EXPECT_NEAR(same->after / same->at_or_before, kMostEvidence, 1e-9);
  const std::vector<double> one = {-2};
  const auto changed = LikelihoodsOf({4, 2, 2}, one);
  EXPECT_GT(changed->at_or_before, 0.9);
}

// Noise of half the change: the commit of 40 that brought it is named in 19 of 20 searches that end
// at 95%; the share of wrong ones is binomial with at most 5%, 200 of them, + 3 deviations.
TEST(LevelLook, FindsTheCommitThroughNoise) {
  Random random(7);
  int wrong = 0;
  for (int trial = 0; trial < 200; ++trial) {
    const auto run = [&](double level) { return NormalDraws(&random, 1, level, 0.5)[0]; };
    std::vector<double> differences;
    for (int i = 0; i < 20; ++i) differences.push_back(run(1) - run(0));
    auto posterior = BisectPosterior::Create(40);
    const auto culprit = static_cast<std::size_t>(random.Below(40));
    while (posterior->MostProbable().probability < 0.95) {
      const std::size_t next = posterior->Next().value();
      const SideBySide look = {run(0), run(culprit <= next ? 1 : 0), run(1)};
      ASSERT_TRUE(posterior->Look(next, *LikelihoodsOf(look, differences)).ok());
    }
    wrong += posterior->MostProbable().commit == culprit ? 0 : 1;
  }
  EXPECT_LE(wrong, 10 + 3 * 3.1);
}

TEST(LevelLook, RefusesWhatHasNoLevels) {
  EXPECT_EQ(ExitCodeFor(LikelihoodsOf({1, 2, 3}, {}).status()), ExitCode::kUsage);
  const std::vector<double> none = {1, -1};
  EXPECT_EQ(ExitCodeFor(LikelihoodsOf({1, 2, 3}, none).status()), ExitCode::kUsage);
  const std::vector<double> one = {1};
  EXPECT_EQ(ExitCodeFor(LikelihoodsOf({1, NAN, 3}, one).status()), ExitCode::kUsage);
}

}  // namespace
}  // namespace bench::results
