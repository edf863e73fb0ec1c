#include "harness/stages/clm/row_scores.h"

#include <gtest/gtest.h>

#include <map>

namespace bench::harness {
namespace {

using Values = std::map<std::string, double>;

constexpr auto kGiven = TokenMark::kGiven;
constexpr auto kTarget = TokenMark::kTarget;
constexpr auto kAnswer = TokenMark::kAnswer;

Values ValuesOf(const RowScores& scores, const std::string& label = "") {
  std::vector<results::MetricValue> list;
  scores.AppendTo(label, list);
  Values values;
  for (const results::MetricValue& value : list) values[value.key.Path()] = value.value;
  return values;
}

DatasetRow Row(std::vector<TokenMark> marks, std::vector<float> references = {}) {
  DatasetRow row;
  row.tokens.assign(marks.size(), 4);
  row.marks = std::move(marks);
  row.reference_nll = std::move(references);
  return row;
}

TEST(RowScores, LossAndAccuracyAreOverTargets) {
  RowScores scores;
  scores.Add(Row({kGiven, kTarget, kGiven, kTarget}),
             std::vector<TargetScore>{{1, true}, {2, false}});
  scores.Add(Row({kGiven, kTarget}), std::vector<TargetScore>{{6, true}});
  EXPECT_EQ(ValuesOf(scores, "g"), (Values{{"loss/g", 3}, {"token_accuracy/g", 2.0 / 3}}));
}

// Excess: (1 + 2 + 6) / 3 - (0.5 + 1 + 3) / 3 = 1.5; late are the second target of the first row
// and the only one of the second: (2 + 6) / 2 - (1 + 3) / 2 = 2.
TEST(RowScores, ExcessIsAboveTheReference) {
  RowScores scores;
  scores.Add(Row({kGiven, kTarget, kTarget}, {0, 0.5, 1}),
             std::vector<TargetScore>{{1, true}, {2, false}});
  scores.Add(Row({kGiven, kTarget}, {0, 3}), std::vector<TargetScore>{{6, true}});
  const Values values = ValuesOf(scores);
  EXPECT_DOUBLE_EQ(values.at("excess_loss"), 1.5);
  EXPECT_DOUBLE_EQ(values.at("excess_loss/late"), 2);
  EXPECT_FALSE(ValuesOf(scores, "g").contains("excess_loss/late"));
}

// A row matches where all of its targets are right, and counts where it ends in an answer.
TEST(RowScores, MatchesWholeRowsThatEndInAnAnswer) {
  RowScores scores;
  scores.Add(Row({kGiven, kTarget, kAnswer}), std::vector<TargetScore>{{1, true}, {2, true}});
  scores.Add(Row({kGiven, kTarget, kAnswer}), std::vector<TargetScore>{{1, false}, {2, true}});
  RowScores more;
  more.Add(Row({kGiven, kAnswer}), std::vector<TargetScore>{{3, false}});
  scores += more;
  const Values values = ValuesOf(scores);
  EXPECT_DOUBLE_EQ(values.at("greedy_match"), 1.0 / 3);
  EXPECT_DOUBLE_EQ(values.at("target_log_prob"), -3);
  std::vector<results::CountedProportion> proportions;
  scores.AppendTo("", proportions);
  ASSERT_EQ(proportions.size(), 2U);
  EXPECT_EQ(proportions[0].successes, 3);
  EXPECT_EQ(proportions[0].trials, 5);
  EXPECT_EQ(proportions[1].items, (std::vector<bool>{true, false, false}));
}

TEST(RowScores, SumsAreThoseOfAllRows) {
  const DatasetRow row = Row({kGiven, kTarget, kTarget}, {0, 1, 2});
  const std::vector<TargetScore> first = {{1, true}, {2, false}};
  const std::vector<TargetScore> second = {{4, false}, {8, true}};
  RowScores together;
  together.Add(row, first);
  together.Add(row, second);
  RowScores apart;
  RowScores other;
  apart.Add(row, first);
  other.Add(row, second);
  apart += other;
  EXPECT_EQ(ValuesOf(apart), ValuesOf(together));
}

}  // namespace
}  // namespace bench::harness
