#include "harness/data/answer_form.h"

#include <gtest/gtest.h>

#include "tests/harness/tokenizers/golden_tokenizer.h"
#include "tests/harness/tokenizers/test_tokenizer.h"

namespace bench::harness {
namespace {

std::vector<int64_t> Concatenated(std::vector<int64_t> a, const std::vector<int64_t>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

std::vector<int64_t> First(const std::vector<int64_t>& tokens, size_t count) {
  return {tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(count)};
}

// Where a generation that is asked behind each token ends.
size_t EndOf(const AnswerForm& form, const Tokenizer& tokenizer,
             const std::vector<int64_t>& tokens) {
  for (size_t count = 1; count <= tokens.size(); ++count) {
    if (form.IsComplete(tokenizer, First(tokens, count))) return count;
  }
  return tokens.size() + 1;
}

TEST(AnswerForm, EndsWithItsEndTokenOrAFurtherOneAlone) {
  const Tokenizer& tokenizer = TestTokenizer();
  const AnswerForm form = {.end_token = tokenizer.eos_id(), .stop_tokens = {7}};
  const std::vector<int64_t> open = {5, 6};
  EXPECT_FALSE(form.IsComplete(tokenizer, {}));
  EXPECT_FALSE(form.IsComplete(tokenizer, open));
  EXPECT_EQ(form.WithoutEnd(tokenizer, open), open);
  for (const int64_t end : {tokenizer.eos_id(), int64_t{7}}) {
    const std::vector<int64_t> ended = {5, 6, end};
    EXPECT_TRUE(form.IsComplete(tokenizer, ended));
    EXPECT_EQ(form.WithoutEnd(tokenizer, ended), open);
    EXPECT_FALSE(form.IsComplete(tokenizer, std::vector<int64_t>{end, 6}));
  }
}

// At the token that completes the text, wherever tokens are cut, and not before.
TEST(AnswerForm, EndsWithTheTokenThatCompletesAStopText) {
  const GoldenTokenizer golden("qwen2");
  for (const Tokenizer* tokenizer : {&TestTokenizer(), &golden.tokenizer()}) {
    for (const std::string stop : {"\nUser", "###", "文件"}) {
      const AnswerForm form = {.end_token = -1, .stop_texts = {"never", stop}};
      for (const std::string before : {"", "a", "打开", "Us #", "the cat sat on the mat ##  "}) {
        const std::string text = before + stop + ": more";
        const std::vector<int64_t> tokens = tokenizer->Encode(text);
        const size_t end = EndOf(form, *tokenizer, tokens);
        ASSERT_LE(end, tokens.size()) << text;
        EXPECT_NE(tokenizer->Decode(First(tokens, end)).find(stop), std::string::npos) << text;
        EXPECT_EQ(tokenizer->Decode(First(tokens, end - 1)).find(stop), std::string::npos) << text;
        EXPECT_EQ(form.Text(*tokenizer, First(tokens, end)), text.substr(0, text.find(stop)));
        const std::vector<int64_t> content = form.WithoutEnd(*tokenizer, First(tokens, end));
        EXPECT_TRUE(text.starts_with(tokenizer->Decode(content))) << text;
        EXPECT_LE(tokenizer->Decode(content).size(), text.find(stop)) << text;
        EXPECT_EQ(content, First(tokens, content.size()));
      }
    }
  }
}

TEST(AnswerForm, TokensWithoutTextDoNotHideAStopText) {
  const Tokenizer& tokenizer = TestTokenizer();
  const AnswerForm form = {.end_token = -1, .stop_texts = {"###"}};
  std::vector<int64_t> tokens = Concatenated(tokenizer.Encode("ab#"), {1, 1, 1, 1, 1, 1, 1, 1});
  tokens = Concatenated(tokens, tokenizer.Encode("##"));
  EXPECT_TRUE(form.IsComplete(tokenizer, tokens));
}

TEST(AnswerForm, ItsTextIsWithoutWhatTheTemplatePutsAround) {
  const Tokenizer& tokenizer = TestTokenizer();
  const AnswerForm form = {.end_token = tokenizer.eos_id(), .before = " ", .behind = " "};
  const auto text = [&](const std::string& generated) {
    return form.Text(tokenizer, Concatenated(tokenizer.Encode(generated), {tokenizer.eos_id()}));
  };
  EXPECT_EQ(text(" Hi "), "Hi");
  EXPECT_EQ(text("  Hi "), " Hi");
  EXPECT_EQ(text("Hi"), "Hi");
  EXPECT_EQ(text(" "), "");
  EXPECT_EQ(text(""), "");
  const AnswerForm plain = {.end_token = tokenizer.eos_id()};
  EXPECT_EQ(plain.Text(tokenizer, tokenizer.Encode(" Hi ")), " Hi ");
}

}  // namespace
}  // namespace bench::harness
