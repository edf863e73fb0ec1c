#include "harness/data/prompt.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/harness/data/test_tokenizer.h"

namespace bench::harness {
namespace {

const SftExample kWithInput{"Translate:", "打开文件", "Open the file", ""};
const SftExample kWithoutInput{"Open?", "", "打开文件", ""};
constexpr PromptTemplate kTemplate = PromptTemplate::kAlpaca;

std::vector<int64_t> Concatenated(std::vector<int64_t> a, const std::vector<int64_t>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// The texts of stanford_alpaca's train.py, written out.
TEST(PromptText, IsAlpacasWithInput) {
  EXPECT_EQ(
      PromptText(kTemplate, kWithInput),
      "Below is an instruction that describes a task, paired with an input that provides further "
      "context. Write a response that appropriately completes the request.\n\n"
      "### Instruction:\nTranslate:\n\n### Input:\n打开文件\n\n### Response:");
}

TEST(PromptText, IsAlpacasWithoutInput) {
  EXPECT_EQ(PromptText(kTemplate, kWithoutInput),
            "Below is an instruction that describes a task. Write a response that appropriately "
            "completes the request.\n\n### Instruction:\nOpen?\n\n### Response:");
}

TEST(TokenizeExample, TrainingRowIsPromptThenTarget) {
  for (const SftExample& example : {kWithInput, kWithoutInput}) {
    const auto prompt = PromptTokens(TestTokenizer(), kTemplate, example);
    const auto target = TargetTokens(TestTokenizer(), example);
    const auto row = TokenizeExample(TestTokenizer(), kTemplate, example, 1000);
    ASSERT_TRUE(row.has_value());
    EXPECT_EQ(row->tokens, Concatenated(prompt, target));
    EXPECT_EQ(row->num_prompt_tokens, std::ssize(prompt));
  }
}

TEST(TokenizeExample, HasOneBosFirstAndOneEosLastWhateverTheText) {
  const SftExample hostile{"<s></s> <s>", "</s>", "a</s><s>", ""};
  const auto row = TokenizeExample(TestTokenizer(), kTemplate, hostile, 1000);
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(std::count(row->tokens.begin(), row->tokens.end(), TestTokenizer().bos_id()), 1);
  EXPECT_EQ(std::count(row->tokens.begin(), row->tokens.end(), TestTokenizer().eos_id()), 1);
  EXPECT_EQ(row->tokens.front(), TestTokenizer().bos_id());
  EXPECT_EQ(row->tokens.back(), TestTokenizer().eos_id());
}

TEST(TokenizeExample, EmptyOutputStillTrainsEos) {
  const SftExample empty{"Say nothing.", "", "", ""};
  EXPECT_EQ(TargetTokens(TestTokenizer(), empty), std::vector<int64_t>{TestTokenizer().eos_id()});
}

TEST(TokenizeExample, DecodesToPromptAndOutput) {
  const auto row = TokenizeExample(TestTokenizer(), kTemplate, kWithInput, 1000);
  EXPECT_EQ(TestTokenizer().Decode(row->tokens),
            PromptText(kTemplate, kWithInput) + kWithInput.output);
}

TEST(TokenizeExample, TruncationKeepsTheStartAndDropsRowsWithoutTarget) {
  const auto whole = TokenizeExample(TestTokenizer(), kTemplate, kWithInput, 1000);
  for (int64_t max = 1; max <= std::ssize(whole->tokens); ++max) {
    const auto row = TokenizeExample(TestTokenizer(), kTemplate, kWithInput, max);
    ASSERT_EQ(row.has_value(), max > whole->num_prompt_tokens) << max;
    if (!row) continue;
    EXPECT_EQ(row->tokens,
              std::vector<int64_t>(whole->tokens.begin(), whole->tokens.begin() + max));
    EXPECT_EQ(row->num_prompt_tokens, whole->num_prompt_tokens);
  }
}

}  // namespace
}  // namespace bench::harness
