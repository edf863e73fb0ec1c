#include "results/statistics/equivalence.h"

#include <gtest/gtest.h>

#include <cmath>

namespace bench::results {
namespace {

TEST(Margin, OfARatioIsSymmetricInTheLogarithm) {
  const Margin margin = Margin::OfRatio(0.25);
  EXPECT_EQ(margin.low, 0.8);
  EXPECT_EQ(margin.high, 1.25);
  EXPECT_EQ(margin.no_change, 1);
}

TEST(JudgeEquivalence, TellsSameFromNotKnownToDiffer) {
  const Margin margin = Margin::OfDifference(1);
  // Both contain 0; only the narrow one says that nothing relevant changed.
  EXPECT_EQ(JudgeEquivalence({-0.5, 0.5}, margin, Favours::kLower),
            (Equivalence{.equivalent = true, .non_inferior = true}));
  EXPECT_EQ(JudgeEquivalence({-3, 2}, margin, Favours::kLower), Equivalence{});
}

TEST(JudgeEquivalence, WorseIsHigherOrLowerByTheMetric) {
  const Margin margin = Margin::OfRatio(0.02);
  const Interval slower = {1.03, 1.05};
  EXPECT_EQ(JudgeEquivalence(slower, margin, Favours::kLower),
            (Equivalence{.inferior = true, .beyond_margin = true}));
  EXPECT_EQ(JudgeEquivalence(slower, margin, Favours::kHigher),
            (Equivalence{.non_inferior = true, .superior = true, .beyond_margin = true}));
}

// A difference that is there, and does not matter.
TEST(JudgeEquivalence, EquivalentMayBeInferior) {
  EXPECT_EQ(JudgeEquivalence({1.001, 1.01}, Margin::OfRatio(0.02), Favours::kLower),
            (Equivalence{.equivalent = true, .non_inferior = true, .inferior = true}));
}

TEST(JudgeEquivalence, LimitsBelongToTheMargin) {
  const Margin margin = Margin::OfDifference(1);
  EXPECT_TRUE(JudgeEquivalence({-1, 1}, margin, Favours::kLower).equivalent);
  EXPECT_FALSE(JudgeEquivalence({1, 2}, margin, Favours::kLower).beyond_margin);
}

TEST(JudgeEquivalence, OneInfiniteEndLeavesOneSide) {
  const Margin margin = Margin::OfDifference(1);
  EXPECT_EQ(JudgeEquivalence({-INFINITY, 0.5}, margin, Favours::kLower),
            (Equivalence{.non_inferior = true}));
  EXPECT_EQ(JudgeEquivalence({-INFINITY, INFINITY}, margin, Favours::kLower), Equivalence{});
  EXPECT_EQ(JudgeEquivalence({NAN, NAN}, margin, Favours::kLower), Equivalence{});
}

}  // namespace
}  // namespace bench::results
