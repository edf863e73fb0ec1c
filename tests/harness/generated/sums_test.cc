#include "harness/generated/sums.h"

#include <regex>

#include "tests/harness/generated/drawn_rows.h"

namespace bench::harness::generated {
namespace {

RowSource Source(SumSteps written, int64_t max_digits = 3) {
  GeneratedSpec spec;
  spec.grammar = Grammar::kSums;
  spec.sums.min_digits = 1;
  spec.sums.max_digits = max_digits;
  spec.sums.written = written;
  return SourceOf(spec);
}

struct Sum {
  std::string first, second, columns, answer;
};

// What the text of a row says.
Sum Read(const std::string& text) {
  const std::regex form(R"(([0-9]+)\+([0-9]+)=((?:[0-9]\+[0-9]\+[01]=[01][0-9],)*)#([0-9]+)</s>)");
  std::smatch match;
  EXPECT_TRUE(std::regex_match(text, match, form)) << text;
  return {match[1], match[2], match[3], match[4]};
}

TEST(Sums, AnswersAreRightAndTheirColumnsAddUpToThem) {
  const RowSource source = Source(SumSteps::kSteps);
  for (const Row& row : RowsOf(source, Part::kTrain, 300)) {
    const std::string text = TextOf(source.grammar(), row);
    const Sum sum = Read(text);
    EXPECT_EQ(std::stoll(sum.first) + std::stoll(sum.second), std::stoll(sum.answer)) << text;
    // Each column has nine characters; its last digit is one of the answer's, from the right.
    ASSERT_EQ(sum.columns.size(), 9 * sum.first.size()) << text;
    std::string digits;
    for (size_t at = 0; at < sum.columns.size(); at += 9) digits.insert(0, 1, sum.columns[at + 7]);
    const bool carried = sum.columns[sum.columns.size() - 3] == '1';
    EXPECT_EQ((carried ? "1" : "") + digits, sum.answer) << text;
    EXPECT_EQ(row.key, sum.first + "+" + sum.second);
    const size_t num_answer = sum.answer.size() + 1;
    const size_t num_steps = sum.columns.size() + 1;
    EXPECT_EQ(Marks(row), std::string(row.tokens.size() - num_answer - num_steps, '0') +
                              std::string(num_steps, '1') + std::string(num_answer, '2'));
  }
}

TEST(Sums, OneByHand) {
  const RowSource source = Source(SumSteps::kSteps);
  for (const Row& row : RowsOf(source, Part::kTrain, 300)) {
    if (row.key.size() != 3) continue;
    const int a = row.key[0] - '0';
    const int b = row.key[2] - '0';
    const std::string two = (a + b < 10 ? "0" : "") + std::to_string(a + b);
    EXPECT_EQ(TextOf(source.grammar(), row),
              row.key + "=" + row.key + "+0=" + two + ",#" + std::to_string(a + b) + "</s>");
  }
}

TEST(Sums, WithoutColumnsTheSumIsWrittenEitherWayRound) {
  const RowSource plain = Source(SumSteps::kPlain);
  const RowSource reversed = Source(SumSteps::kReversed);
  const std::vector<Row> rows = RowsOf(plain, Part::kTrain, 100);
  const std::vector<Row> turned = RowsOf(reversed, Part::kTrain, 100);
  for (size_t i = 0; i < rows.size(); ++i) {
    const Sum sum = Read(TextOf(plain.grammar(), rows[i]));
    Sum other = Read(TextOf(reversed.grammar(), turned[i]));
    EXPECT_EQ(sum.columns, "");
    EXPECT_EQ(std::stoll(sum.first) + std::stoll(sum.second), std::stoll(sum.answer));
    std::reverse(other.answer.begin(), other.answer.end());
    EXPECT_EQ(sum.answer, other.answer);
  }
  ExpectTheSameQuestions(reversed, plain);
}

TEST(Sums, WrongColumnsAreThoseOfOtherNumbersAndTheAnswerIsRight) {
  const RowSource wrong = Source(SumSteps::kWrong);
  const RowSource right = Source(SumSteps::kSteps);
  const std::vector<Row> rows = RowsOf(wrong, Part::kTrain, 200);
  const std::vector<Row> own = RowsOf(right, Part::kTrain, 200);
  int num_equal = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    const Sum sum = Read(TextOf(wrong.grammar(), rows[i]));
    EXPECT_EQ(std::stoll(sum.first) + std::stoll(sum.second), std::stoll(sum.answer));
    num_equal += sum.columns == Read(TextOf(right.grammar(), own[i])).columns ? 1 : 0;
  }
  EXPECT_LE(num_equal, 10);  // of one digit a hundredth are equal by accident: 0.7
  ExpectTheSameQuestions(wrong, right);
}

}  // namespace
}  // namespace bench::harness::generated
