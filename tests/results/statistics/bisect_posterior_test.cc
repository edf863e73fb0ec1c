#include "results/statistics/bisect_posterior.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "base/random.h"
#include "base/status.h"

namespace bench::results {
namespace {

// Ten commits by certain looks: no more looks than halvings, then nothing is left to look at.
TEST(BisectPosterior, CertainLooksBisect) {
  for (std::size_t culprit = 0; culprit < 10; ++culprit) {
    auto posterior = BisectPosterior::Create(10);
    int num_looks = 0;
    while (const auto next = posterior->Next()) {
      const bool changed = culprit <= *next;
      ASSERT_TRUE(posterior->Look(*next, {changed ? 1.0 : 0.0, changed ? 0.0 : 1.0}).ok());
      ++num_looks;
    }
    EXPECT_LE(num_looks, 4);
    EXPECT_EQ(posterior->MostProbable().commit, culprit);
    EXPECT_EQ(posterior->MostProbable().probability, 1);
  }
}

// Three commits, 1/3 each; a look at the first says 0.9 to 0.3: weights 0.9, 0.3, 0.3 of 1.5.
TEST(BisectPosterior, FollowsBayes) {
  auto posterior = BisectPosterior::Create(3);
  ASSERT_TRUE(posterior->Look(0, {.at_or_before = 0.9, .after = 0.3}).ok());
  EXPECT_NEAR(posterior->Probabilities()[0], 0.6, 1e-15);
  EXPECT_NEAR(posterior->Probabilities()[2], 0.2, 1e-15);
  EXPECT_EQ(posterior->MostProbable().commit, 0u);
  EXPECT_EQ(posterior->Next(), 0u);  // 0.6 is closer to 1/2 than 0.8
}

TEST(BisectPosterior, SkippedCommitsAreNotProposedAndStaySuspect) {
  auto posterior = BisectPosterior::Create(4);
  EXPECT_EQ(posterior->Next(), 1u);
  ASSERT_TRUE(posterior->Skip(1).ok());
  EXPECT_EQ(posterior->Next(), 0u);  // 1/4, as far from 1/2 as 3/4 at commit 2
  ASSERT_TRUE(posterior->Look(0, {0, 1}).ok());
  ASSERT_TRUE(posterior->Look(2, {1, 0}).ok());
  EXPECT_EQ(posterior->Next(), std::nullopt);
  EXPECT_DOUBLE_EQ(posterior->MostProbable().probability, 0.5);  // 1 or 2: git says so too
}

// 64 commits, looks that are wrong one time in five, stopped at 99%: of 200 searches at most 1% end
// at a wrong commit on average; 4 standard errors above it are 0.028.
TEST(BisectPosterior, IsRightAsOftenAsItSays) {
  Random random(1);
  int wrong = 0;
  for (int search = 0; search < 200; ++search) {
    const std::size_t culprit = random.Below(64);
    auto posterior = BisectPosterior::Create(64);
    while (posterior->MostProbable().probability < 0.99) {
      const std::size_t next = posterior->Next().value();
      const bool changed = (culprit <= next) == (random.Uniform() < 0.8);
      ASSERT_TRUE(posterior->Look(next, {changed ? 0.8 : 0.2, changed ? 0.2 : 0.8}).ok());
    }
    wrong += posterior->MostProbable().commit == culprit ? 0 : 1;
  }
  EXPECT_LE(wrong / 200.0, 0.01 + 0.028);
}

TEST(BisectPosterior, ManyLooksDoNotUnderflow) {
  auto posterior = BisectPosterior::Create(3);
  for (int i = 0; i < 5000; ++i) ASSERT_TRUE(posterior->Look(1, {1e-9, 1e-7}).ok());
  for (int i = 0; i < 5000; ++i) ASSERT_TRUE(posterior->Look(1, {1e-7, 1e-9}).ok());
  const auto probabilities = posterior->Probabilities();
  EXPECT_NEAR(std::accumulate(probabilities.begin(), probabilities.end(), 0.0), 1, 1e-15);
  // 10,000 additions of logarithms up to 23,000, each off by at most 2e-12.
  EXPECT_NEAR(probabilities[0], 1.0 / 3, 2e-8);
}

TEST(BisectPosterior, AContradictionChangesNothing) {
  auto posterior = BisectPosterior::Create(2);
  ASSERT_TRUE(posterior->Look(0, {0, 1}).ok());
  EXPECT_EQ(ExitCodeFor(posterior->Look(1, {0, 1})), ExitCode::kIncomparable);
  EXPECT_EQ(posterior->MostProbable().commit, 1u);
  EXPECT_EQ(posterior->MostProbable().probability, 1);
}

TEST(BisectPosterior, OneCommitNeedsNoLook) {
  const auto posterior = BisectPosterior::Create(1);
  EXPECT_EQ(posterior->Next(), std::nullopt);
  EXPECT_EQ(posterior->MostProbable().probability, 1);
}

TEST(BisectPosterior, RefusesWhatIsNoLook) {
  EXPECT_EQ(ExitCodeFor(BisectPosterior::Create(0).status()), ExitCode::kUsage);
  auto posterior = BisectPosterior::Create(2);
  EXPECT_EQ(ExitCodeFor(posterior->Look(2, {1, 0})), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(posterior->Skip(2)), ExitCode::kUsage);
  for (const Likelihoods& bad :
       {Likelihoods{0, 0}, Likelihoods{-1, 1}, Likelihoods{1, NAN}, Likelihoods{INFINITY, 1}}) {
    EXPECT_EQ(ExitCodeFor(posterior->Look(0, bad)), ExitCode::kUsage);
  }
}

}  // namespace
}  // namespace bench::results
