#include "results/statistics/arrangements.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace bench::results {
namespace {

ArrangementPlan Plan(Pairing pairing, std::size_t num_base, std::size_t num_head) {
  return {.pairing = pairing,
          .num_base = num_base,
          .num_head = num_head,
          .max_exact_arrangements = 1000,
          .num_resamples = 6000,
          .seed = 1};
}

TEST(VisitArrangements, EverySignVectorOnce) {
  std::set<Arrangement> seen;
  const auto visited = VisitArrangements(Plan(Pairing::kPaired, 5, 5),
                                         [&](const Arrangement& signs) { seen.insert(signs); });
  EXPECT_TRUE(visited.exact);
  EXPECT_EQ(visited.visited, 32);
  EXPECT_EQ(seen.size(), 32u);
}

TEST(VisitArrangements, EverySplitOnceTheObservedOneFirst) {
  std::set<Arrangement> seen;
  Arrangement first;
  const auto visited =
      VisitArrangements(Plan(Pairing::kUnpaired, 4, 3), [&](const Arrangement& split) {
        if (seen.empty()) first = split;
        EXPECT_EQ(std::count(split.begin(), split.end(), true), 3);
        seen.insert(split);
      });
  EXPECT_EQ(visited.visited, 35);
  EXPECT_EQ(seen.size(), 35u);
  EXPECT_EQ(first, (Arrangement{false, false, false, false, true, true, true}));
}

// Six splits of two and two, 6,000 draws: chi-square with 5 degrees of freedom, 0.999 quantile.
TEST(VisitArrangements, SampleIsUniform) {
  ArrangementPlan plan = Plan(Pairing::kUnpaired, 2, 2);
  plan.max_exact_arrangements = 5;
  std::map<Arrangement, double> counts;
  const auto visited = VisitArrangements(plan, [&](const Arrangement& split) { ++counts[split]; });
  EXPECT_FALSE(visited.exact);
  ASSERT_EQ(counts.size(), 6u);
  double chi2 = 0;
  for (const auto& [split, count] : counts) chi2 += (count - 1000) * (count - 1000) / 1000;
  EXPECT_LT(chi2, 20.52);
}

TEST(VisitArrangements, SampledSignsAreUniformBeyondAWordOfBits) {
  std::vector<double> flips(130);
  VisitArrangements(Plan(Pairing::kPaired, 130, 130), [&](const Arrangement& signs) {
    for (std::size_t i = 0; i < signs.size(); ++i) flips[i] += signs[i] ? 1 : 0;
  });
  // Five standard errors of 6,000 tosses: 130 of them exceed that in one of 13,000 cases.
  for (const double count : flips) EXPECT_NEAR(count, 3000, 5 * std::sqrt(1500));
}

TEST(PValue, SampledOnesAreNeverZero) {
  EXPECT_EQ((VisitedArrangements{.visited = 20, .exact = true}.PValue(1)), 0.05);
  EXPECT_EQ((VisitedArrangements{.visited = 99, .exact = false}.PValue(0)), 0.01);
}

}  // namespace
}  // namespace bench::results
