#include "results/statistics/alpha_spending.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/random.h"
#include "base/status.h"
#include "results/statistics/rank_test.h"
#include "tests/results/statistics/normal_draws.h"

namespace bench::results {
namespace {

using Fractions = std::vector<double>;

// alpha(1/4) = 2 - 2 Phi(1.959964 * 2) = 8.857e-5, alpha(1/2) = 2 - 2 Phi(2.771808) = 5.575e-3 and
// alpha(3/4) = 2 - 2 Phi(2.263171) = 0.02363, by tables of the normal distribution.
TEST(SpendAlpha, EqualsTheTabulatedFunction) {
  const auto looks = SpendAlpha(Fractions{0.25, 0.5, 0.75, 1}, 0.05);
  ASSERT_TRUE(looks.ok());
  EXPECT_NEAR((*looks)[0].cumulative_alpha, 8.857e-5, 5e-8);
  EXPECT_NEAR((*looks)[1].cumulative_alpha, 5.575e-3, 5e-6);
  EXPECT_NEAR((*looks)[2].cumulative_alpha, 0.02363, 1e-5);
  EXPECT_EQ((*looks)[3].cumulative_alpha, 0.05);
}

TEST(SpendAlpha, LooksTogetherSpendAlphaAndNoMore) {
  const auto looks = SpendAlpha(Fractions{0.1, 0.35, 0.8, 1}, 0.002);
  double sum = 0;
  for (const Look& look : *looks) {
    EXPECT_GT(look.nominal_alpha, 0);
    sum += look.nominal_alpha;
  }
  EXPECT_NEAR(sum, 0.002, 1e-17);  // four roundings at 0.002
  EXPECT_EQ(SpendAlpha(Fractions{1}, 0.002)->front().nominal_alpha, 0.002);
}

TEST(SpendAlpha, NothingIsSpentWhereNothingIsKnown) {
  EXPECT_LT(SpendAlpha(Fractions{1e-6}, 0.05)->front().nominal_alpha, 1e-300);
}

// 2,000 null comparisons with looks at 5, 10 and 20 replicates an arm, stopped at the first
// rejection. The union bound says at most 5%, and four standard errors of 2,000 draws are 0.0195;
// looks at the level of 5% each reject more often than that.
TEST(SpendAlpha, StoppingAtTheFirstRejectionKeepsTheError) {
  const std::vector<std::size_t> sizes = {5, 10, 20};
  const auto looks = SpendAlpha(Fractions{0.25, 0.5, 1}, 0.05);
  Random random(1);
  int rejected = 0;
  int rejected_without_spending = 0;
  for (int i = 0; i < 2000; ++i) {
    const auto base = NormalDraws(&random, 20);
    const auto head = NormalDraws(&random, 20);
    bool stopped = false;
    bool stopped_without_spending = false;
    for (std::size_t look = 0; look < sizes.size(); ++look) {
      const double p =
          RankTest(std::span(base).first(sizes[look]), std::span(head).first(sizes[look]))->p_value;
      stopped = stopped || p <= (*looks)[look].nominal_alpha;
      stopped_without_spending = stopped_without_spending || p <= 0.05;
    }
    rejected += stopped ? 1 : 0;
    rejected_without_spending += stopped_without_spending ? 1 : 0;
  }
  EXPECT_LE(rejected / 2000.0, 0.05 + 0.0195);
  EXPECT_GT(rejected_without_spending / 2000.0, 0.05 + 0.0195);
}

TEST(SpendAlpha, RefusesLooksThatAreNotInOrder) {
  for (const Fractions& bad : {Fractions{}, Fractions{0, 1}, Fractions{0.5, 0.5},
                               Fractions{0.7, 0.3}, Fractions{0.5, 1.1}}) {
    EXPECT_EQ(ExitCodeFor(SpendAlpha(bad, 0.05).status()), ExitCode::kUsage);
  }
  EXPECT_EQ(ExitCodeFor(SpendAlpha(Fractions{1}, 0).status()), ExitCode::kUsage);
}

}  // namespace
}  // namespace bench::results
