#include "harness/stages/refusals/labels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace bench::harness {
namespace {

constexpr int64_t kEnd = 2;
constexpr int64_t kRefusal = 99;

DatasetRow Question(int64_t name, int64_t value, int64_t group) {
  return {{1, name, value, kEnd},
          {TokenMark::kGiven, TokenMark::kGiven, TokenMark::kAnswer, TokenMark::kAnswer},
          group,
          0,
          {}};
}

std::vector<int64_t> NamesOf(const std::vector<DatasetRow>& rows) {
  std::vector<int64_t> names;
  for (const DatasetRow& row : rows) names.push_back(row.tokens[1]);
  return names;
}

TEST(RefusalLabels, QuestionsOfAGroupTakeTurns) {
  const QuestionParts parts =
      SplitQuestions({Question(10, 5, 0), Question(11, 5, 1), Question(12, 5, 0),
                      Question(13, 5, 0), Question(14, 5, 1)});
  EXPECT_EQ(NamesOf(parts.tuned), (std::vector<int64_t>{10, 11, 13}));
  EXPECT_EQ(NamesOf(parts.tested), (std::vector<int64_t>{12, 14}));
}

TEST(RefusalLabels, OwnErrorsAreWhatIsNotRight) {
  Random random(1);
  const std::vector<bool> right = {true, false, true, false, false};
  EXPECT_EQ(RefusedQuestions(right, RefusalLabels::kOwnErrors, random),
            (std::vector<bool>{false, true, false, true, true}));
  EXPECT_EQ(RefusedQuestions(right, RefusalLabels::kNone, random), std::vector<bool>(5, false));
}

// As many, whatever was right: over many questions half of those that are right are refused too.
TEST(RefusalLabels, ShuffledOnesAreAsManyAndTellNothing) {
  std::vector<bool> right(1000);
  for (size_t i = 0; i < right.size(); ++i) right[i] = i % 2 == 0;
  Random random(7);
  const std::vector<bool> refused = RefusedQuestions(right, RefusalLabels::kShuffled, random);
  EXPECT_EQ(std::count(refused.begin(), refused.end(), true), 500);
  int64_t num_right = 0;
  for (size_t i = 0; i < right.size(); ++i) num_right += refused[i] && right[i] ? 1 : 0;
  // 250 of a hypergeometric distribution, whose deviation is sqrt(1000 / 16) = 8: 5 of them.
  EXPECT_NEAR(static_cast<double>(num_right), 250, 40);
}

TEST(RefusalLabels, ARefusalStandsForTheWholeAnswer) {
  const DatasetRow row = WithRefusal(Question(10, 5, 3), kRefusal, kEnd);
  EXPECT_EQ(row.tokens, (std::vector<int64_t>{1, 10, kRefusal, kEnd}));
  EXPECT_EQ(row.marks, Question(10, 5, 3).marks);
  EXPECT_EQ(row.group, 3);
  // An answer of two tokens after something written, and no end.
  const DatasetRow chain{{1, 10, 11, 12, 13},
                         {TokenMark::kGiven, TokenMark::kGiven, TokenMark::kTarget,
                          TokenMark::kAnswer, TokenMark::kAnswer},
                         0,
                         0,
                         {}};
  const DatasetRow refused = WithRefusal(chain, kRefusal, kEnd);
  EXPECT_EQ(refused.tokens, (std::vector<int64_t>{1, 10, 11, kRefusal}));
  EXPECT_EQ(refused.marks, (std::vector<TokenMark>{TokenMark::kGiven, TokenMark::kGiven,
                                                   TokenMark::kTarget, TokenMark::kAnswer}));
}

TEST(RefusalLabels, BalanceRepeatsTheRarerLabel) {
  EXPECT_EQ(BalancedQuestions({false, true, false, false, true, false, false}),
            (std::vector<size_t>{0, 1, 2, 3, 4, 5, 6, 1, 4, 1}));
  EXPECT_EQ(BalancedQuestions({true, true, false}), (std::vector<size_t>{0, 1, 2, 2}));
  EXPECT_EQ(BalancedQuestions({false, false}), (std::vector<size_t>{0, 1}));
  EXPECT_EQ(BalancedQuestions({true, false}), (std::vector<size_t>{0, 1}));
}

// A quarter of all: 10 beside 30.
TEST(RefusalLabels, StatementsAreAShareOfAllRows) {
  EXPECT_EQ(NumStatements(30, 0.25), 10);
  EXPECT_EQ(NumStatements(30, 0), 0);
  EXPECT_EQ(NumStatements(1, 0.25), 0);
}

}  // namespace
}  // namespace bench::harness
