#include "harness/stages/clm/right_rows.h"

#include "tests/harness/stages/clm/tiny_rows.h"

namespace bench::harness {
namespace {

// Token by token from full logits.
std::vector<int64_t> Greedy(const TinyRows& tiny, std::vector<int64_t> tokens, int64_t count) {
  std::vector<int64_t> written;
  for (int64_t i = 0; i < count; ++i) {
    written.push_back(tiny.LogProbs(tokens)[-1].argmax().item<int64_t>());
    tokens.push_back(written.back());
  }
  return written;
}

// More than a batch of rows of one to three targets, a third of them with another last token.
TEST(RightRows, AreThoseThatAGreedyGenerationWrites) {
  const TinyRows tiny;
  std::vector<DatasetRow> rows;
  std::vector<bool> expected;
  for (int64_t i = 0; i < 100; ++i) {
    const std::vector<int64_t> given = {4 + i % 6, 4 + i % 5};
    std::vector<int64_t> answer = Greedy(tiny, given, 1 + i % 3);
    const bool is_right = i % 3 != 1;
    if (!is_right) answer.back() = answer.back() == 9 ? 8 : 9;
    rows.push_back(TinyRow(given, {}, answer, 0));
    expected.push_back(is_right);
  }
  const auto right = AnsweredRightly(tiny.decoder(), rows);
  ASSERT_TRUE(right.ok()) << right.status();
  EXPECT_EQ(*right, expected);
}

// What is wrong before the answer is wrong too.
TEST(RightRows, EveryTargetCounts) {
  const TinyRows tiny;
  const std::vector<int64_t> given = {8, 4};
  const std::vector<int64_t> written = Greedy(tiny, given, 2);
  const int64_t other = written[0] == 9 ? 8 : 9;
  const std::vector<int64_t> after_other = {8, 4, other};
  const auto right =
      AnsweredRightly(tiny.decoder(), {TinyRow(given, {written[0]}, {written[1]}, 0),
                                       TinyRow(given, {other}, Greedy(tiny, after_other, 1), 0)});
  ASSERT_TRUE(right.ok()) << right.status();
  EXPECT_EQ(*right, (std::vector<bool>{true, false}));
}

// 16 positions; the last token of a row is not read.
TEST(RightRows, RowsThatTheModelCannotReadAreRefused) {
  const TinyRows tiny;
  const auto refusal = [&](const DatasetRow& row) {
    const DatasetRow fits = TinyRow({4}, {}, {5}, 0);
    return std::string(AnsweredRightly(tiny.decoder(), {fits, row}).status().message());
  };
  EXPECT_EQ(refusal(TinyRow(std::vector<int64_t>(16, 4), {}, {5}, 0)), "");
  EXPECT_NE(refusal(TinyRow(std::vector<int64_t>(17, 4), {}, {5}, 0))
                .find("row 1: 17 tokens do not fit into the model's 16 positions"),
            std::string::npos);
  EXPECT_NE(refusal(TinyRow({4}, {}, {10}, 0)).find("row 1: the token 10, outside"),
            std::string::npos);
}

}  // namespace
}  // namespace bench::harness
