#include "harness/stages/clm/answer_symbols.h"

#include <gtest/gtest.h>

#include <map>

#include "harness/stages/clm/row_answers.h"

namespace bench::harness {
namespace {

using Tokens = std::vector<int64_t>;

DatasetRow RowWithVectors(int64_t count) {
  DatasetRow row;
  row.vectors.form = {2, 255};
  row.vectors.values.resize(static_cast<size_t>(2 * count));
  return row;
}

// -1: not measured.
double AccuracyOf(const AnswerSymbols& symbols) {
  std::vector<results::MetricValue> values;
  symbols.AppendTo("arm", values);
  if (values.empty()) return -1;
  EXPECT_EQ(values[0].key.Path(), "answer_symbol_accuracy/arm");
  return values[0].value;
}

TEST(AnswerSymbols, CountsSymbolsAtTheirPlaces) {
  const auto accuracy = [](const Tokens& written) {
    AnswerSymbols symbols;
    symbols.Add(RowWithVectors(1), written, Tokens{7, 8, 9, 7});
    return AccuracyOf(symbols);
  };
  EXPECT_EQ(accuracy({7, 8, 9, 7}), 1);
  EXPECT_EQ(accuracy({7, 0, 9, 7}), 0.75);
  EXPECT_EQ(accuracy({8, 9, 7}), 0);  // the first one left out
  EXPECT_EQ(accuracy({7, 8}), 0.5);
  EXPECT_EQ(accuracy({7, 8, 9, 7, 7}), 1);  // what is too much has no place: exact_match tells
  EXPECT_EQ(accuracy({}), 0);
}

TEST(AnswerSymbols, IsTheShareOfAllSymbolsOfAllRows) {
  AnswerSymbols first, second;
  first.Add(RowWithVectors(1), Tokens{7}, Tokens{7});
  second.Add(RowWithVectors(1), Tokens{1, 2, 9}, Tokens{7, 8, 9});
  first += second;
  EXPECT_EQ(AccuracyOf(first), 0.5);
}

TEST(AnswerSymbols, RowsWithoutVectorsAreNotCounted) {
  AnswerSymbols symbols;
  symbols.Add(DatasetRow(), Tokens{7}, Tokens{7});
  EXPECT_EQ(AccuracyOf(symbols), -1);
}

// The end is no symbol: a row of one symbol that goes on has it right.
TEST(AnswerSymbols, OfARowsAnswersLeaveTheEndsOut) {
  DatasetRow row = RowWithVectors(1);
  row.tokens = {3, 1, 7, 8, 2};
  row.marks = {TokenMark::kGiven, TokenMark::kGiven, TokenMark::kAnswer, TokenMark::kAnswer,
               TokenMark::kAnswer};
  RowAnswers answers;
  answers.Add(row, Tokens{7, 8, 8}, /*end_token=*/2);
  std::vector<results::MetricValue> values;
  answers.AppendTo("", values);
  std::map<std::string, double> by_path;
  for (const results::MetricValue& value : values) by_path[value.key.Path()] = value.value;
  EXPECT_EQ(by_path.at("answer_symbol_accuracy"), 1);
  EXPECT_EQ(by_path.at("exact_match"), 0);
}

// Rows are items; symbols of a row are not independent of each other.
TEST(AnswerSymbols, AreNoItems) {
  DatasetRow row = RowWithVectors(1);
  row.tokens = {3, 1, 7, 8, 2};
  row.marks = {TokenMark::kGiven, TokenMark::kGiven, TokenMark::kAnswer, TokenMark::kAnswer,
               TokenMark::kAnswer};
  RowAnswers answers;
  answers.Add(row, Tokens{7, 8, 2}, /*end_token=*/2);
  std::vector<results::CountedProportion> proportions;
  answers.AppendTo("", proportions);
  ASSERT_FALSE(proportions.empty());
  for (const results::CountedProportion& proportion : proportions) {
    EXPECT_NE(proportion.metric.Path(), "answer_symbol_accuracy");
    EXPECT_EQ(proportion.items.size(), 1U) << proportion.metric.Path();
  }
}

}  // namespace
}  // namespace bench::harness
