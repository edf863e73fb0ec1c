#include "harness/generated/addition.h"

#include <regex>

#include "tests/harness/generated/drawn_rows.h"

namespace bench::harness::generated {
namespace {

struct Sum {
  std::string first, second, answer;
};

// What the text of a row says.
Sum Read(const std::string& text) {
  const std::regex form("What is ([0-9]+) plus ([0-9]+)\\?([0-9]+)</s>");
  std::smatch match;
  EXPECT_TRUE(std::regex_match(text, match, form)) << text;
  return {match[1], match[2], match[3]};
}

GeneratedSpec Spec() {
  GeneratedSpec spec;
  spec.grammar = Grammar::kAddition;
  return spec;
}

TEST(Addition, WritesTheSumOfTwoNumbersOfAsManyDigits) {
  const RowSource source = SourceOf(Spec());
  for (const Row& row : RowsOf(source, Part::kTrain, 300)) {
    const Sum sum = Read(TextOf(source.grammar(), row));
    EXPECT_EQ(std::stoll(sum.first) + std::stoll(sum.second), std::stoll(sum.answer));
    EXPECT_EQ(sum.first.size(), sum.second.size());
    EXPECT_EQ(sum.first.size(), static_cast<size_t>(row.group) + 1);
    EXPECT_EQ(source.grammar().groups()[static_cast<size_t>(row.group)],
              "digits_" + std::to_string(sum.first.size()));
    EXPECT_EQ(row.key, sum.first + "+" + sum.second);
    // The answer and its end are targets, the question is given.
    const size_t num_answer = sum.answer.size() + 1;
    EXPECT_EQ(Marks(row),
              std::string(row.tokens.size() - num_answer, '0') + std::string(num_answer, '2'));
  }
}

TEST(Addition, ReversesAndPadsDigits) {
  GeneratedSpec spec = Spec();
  spec.addition.order = DigitOrder::kReversed;
  spec.addition.padded = true;
  const RowSource source = SourceOf(spec);
  for (const Row& row : RowsOf(source, Part::kTrain, 100)) {
    Sum sum = Read(TextOf(source.grammar(), row));
    EXPECT_EQ(sum.answer.size(), 4U);
    std::reverse(sum.answer.begin(), sum.answer.end());
    EXPECT_EQ(std::stoll(sum.first) + std::stoll(sum.second), std::stoll(sum.answer));
  }
}

// Of 300 sums of three digits (200 to 1,998) few are right by accident: the most likely one has the
// probability 1 / 900.
TEST(Addition, ShuffledAnswersAreThoseOfOtherNumbers) {
  GeneratedSpec spec = Spec();
  spec.addition.min_digits = 3;
  spec.addition.answers = SumAnswer::kShuffled;
  const RowSource source = SourceOf(spec);
  int64_t num_right = 0;
  for (const Row& row : RowsOf(source, Part::kTrain, 300)) {
    const Sum sum = Read(TextOf(source.grammar(), row));
    const int64_t answer = std::stoll(sum.answer);
    EXPECT_GE(answer, 200);
    EXPECT_LE(answer, 1998);
    num_right += std::stoll(sum.first) + std::stoll(sum.second) == answer ? 1 : 0;
  }
  EXPECT_LE(num_right, 5);  // 0.33 are expected at most
  spec.addition.answers = SumAnswer::kRight;
  ExpectTheSameQuestions(source, SourceOf(spec));
}

}  // namespace
}  // namespace bench::harness::generated
