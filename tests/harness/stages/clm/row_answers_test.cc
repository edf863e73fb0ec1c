#include "harness/stages/clm/row_answers.h"

#include <gtest/gtest.h>

#include <map>

namespace bench::harness {
namespace {

using Tokens = std::vector<int64_t>;

constexpr int64_t kEnd = 2;

// Given 10 11; written 12 13, then the answer 14 and its end.
DatasetRow Row() {
  DatasetRow row;
  row.tokens = {10, 11, 12, 13, 14, kEnd};
  row.marks = {TokenMark::kGiven,  TokenMark::kGiven,  TokenMark::kTarget,
               TokenMark::kTarget, TokenMark::kAnswer, TokenMark::kAnswer};
  return row;
}

std::map<std::string, double> ScoresOf(const Tokens& written) {
  RowAnswers answers;
  answers.Add(Row(), written, kEnd);
  std::vector<results::MetricValue> list;
  answers.AppendTo("", list);
  std::map<std::string, double> values;
  for (const results::MetricValue& value : list) values[value.key.Path()] = value.value;
  return values;
}

TEST(RowAnswers, WritingBeginsAtTheFirstTarget) {
  const DatasetRow row = Row();
  const RowParts parts = PartsOf(row);
  EXPECT_EQ(Tokens(parts.given.begin(), parts.given.end()), (Tokens{10, 11}));
  EXPECT_EQ(Tokens(parts.written.begin(), parts.written.end()), (Tokens{12, 13, 14, kEnd}));
}

TEST(RowAnswers, AQuestionEndsBeforeTheAnswer) {
  EXPECT_EQ(AnswerPlace(Row()), 4U);
  EXPECT_EQ(QuestionOf(Row()), (Tokens{10, 11, 12, 13}));
  DatasetRow statement = Row();
  statement.marks.assign(statement.tokens.size(), TokenMark::kTarget);
  EXPECT_EQ(QuestionOf(statement), statement.tokens);
}

TEST(RowAnswers, TellTheAnswerFromWhatComesBeforeIt) {
  using Scores = std::map<std::string, double>;
  EXPECT_EQ(ScoresOf({12, 13, 14, kEnd}), (Scores{{"exact_match", 1},
                                                  {"answer_accuracy", 1},
                                                  {"answer_edits", 0},
                                                  {"symbol_error_rate", 0}}));
  // A wrong step, but the right answer.
  EXPECT_EQ(ScoresOf({12, 99, 14, kEnd}), (Scores{{"exact_match", 0},
                                                  {"answer_accuracy", 1},
                                                  {"answer_edits", 1},
                                                  {"symbol_error_rate", 1.0 / 3}}));
  // No steps.
  EXPECT_EQ(ScoresOf({14, kEnd}), (Scores{{"exact_match", 0},
                                          {"answer_accuracy", 1},
                                          {"answer_edits", 2},
                                          {"symbol_error_rate", 2.0 / 3}}));
  // A wrong answer; one that does not end; nothing.
  EXPECT_EQ(ScoresOf({12, 13, 15, kEnd}), (Scores{{"exact_match", 0},
                                                  {"answer_accuracy", 0},
                                                  {"answer_edits", 1},
                                                  {"symbol_error_rate", 1.0 / 3}}));
  EXPECT_EQ(ScoresOf({12, 13, 14, 14}), (Scores{{"exact_match", 0},
                                                {"answer_accuracy", 0},
                                                {"answer_edits", 1},
                                                {"symbol_error_rate", 1.0 / 3}}));
  EXPECT_EQ(ScoresOf({}), (Scores{{"exact_match", 0},
                                  {"answer_accuracy", 0},
                                  {"answer_edits", 3},
                                  {"symbol_error_rate", 1}}));
}

TEST(RowAnswers, EditsAreLevenshteinsDistance) {
  // kitten, sitting.
  EXPECT_EQ(EditDistance(Tokens{11, 9, 20, 20, 5, 14}, Tokens{19, 9, 20, 20, 9, 14, 7}), 3);
  EXPECT_EQ(EditDistance(Tokens{}, Tokens{1, 2}), 2);
  EXPECT_EQ(EditDistance(Tokens{1, 2}, Tokens{}), 2);
  EXPECT_EQ(EditDistance(Tokens{1, 2, 3}, Tokens{2, 3, 1}), 2);
}

// Six edits of three and one symbols, not the mean of each row's rate.
TEST(RowAnswers, SymbolErrorsAreOfAllSymbolsTogether) {
  RowAnswers answers;
  answers.Add(Row(), Tokens{}, kEnd);  // three symbols are missing
  DatasetRow one;
  one.tokens = {10, 11, kEnd};
  one.marks = {TokenMark::kGiven, TokenMark::kAnswer, TokenMark::kAnswer};
  answers.Add(one, Tokens{11, 12, 13, 14, kEnd}, kEnd);  // three too many
  EXPECT_EQ(answers.symbol_error_rate(), 6.0 / 4);
  EXPECT_EQ(answers.exact_match(), 0);
}

TEST(RowAnswers, AnswersOfOtherGroupsAreCountedWhereTheyAreKnown) {
  RowAnswers answers;
  answers.Add(Row(), Tokens{12, 13, 14, kEnd}, kEnd);
  answers.AddOfAnotherGroup(false);
  RowAnswers other;
  other.Add(Row(), Tokens{12, 13, 15, kEnd}, kEnd);
  other.AddOfAnotherGroup(true);
  answers += other;
  std::vector<results::MetricValue> values;
  answers.AppendTo("be", values);
  EXPECT_EQ(values.back().key.Path(), "wrong_language_rate/be");
  EXPECT_EQ(values.back().value, 0.5);
  std::vector<results::CountedProportion> proportions;
  answers.AppendTo("be", proportions);
  ASSERT_EQ(proportions.size(), 3U);
  EXPECT_EQ(proportions[2].metric.Path(), "wrong_language_rate/be");
  EXPECT_EQ(proportions[2].successes, 1);
}

TEST(RowAnswers, CountRowByRow) {
  RowAnswers answers;
  answers.Add(Row(), Tokens{12, 13, 14, kEnd}, kEnd);
  RowAnswers other;
  other.Add(Row(), Tokens{12, 99, 14, kEnd}, kEnd);
  EXPECT_FALSE(answers.empty());
  answers += other;
  EXPECT_EQ(answers.exact(), (std::vector<bool>{true, false}));
  std::vector<results::CountedProportion> proportions;
  answers.AppendTo("g", proportions);
  ASSERT_EQ(proportions.size(), 2U);
  EXPECT_EQ(proportions[0].metric.Path(), "exact_match/g");
  EXPECT_EQ(proportions[0].successes, 1);
  EXPECT_EQ(proportions[1].successes, 2);
}

}  // namespace
}  // namespace bench::harness
