#include "harness/data/document_tokens.h"

#include <gtest/gtest.h>

#include "harness/data/tokenizer_files.h"
#include "tests/harness/stages/tiny_tokenizer.h"
#include "tests/harness/stop_request.h"

namespace bench::harness {
namespace {

TEST(FirstLine, HasItsLineFeed) {
  EXPECT_EQ(FirstLine("a\nb\n"), "a\n");
  EXPECT_EQ(FirstLine("\nb"), "\n");
  EXPECT_EQ(FirstLine("last"), "last");
  EXPECT_EQ(FirstLine(""), "");
}

TEST(FirstPart, HasWholeLinesUpToTheLength) {
  const std::string line(1000, 'a');
  std::string text;
  while (text.size() < 2 * kMaxPartBytes) text += line + "\n";
  const std::string_view part = FirstPart(text);
  EXPECT_LE(part.size(), kMaxPartBytes);
  EXPECT_GT(part.size() + line.size() + 1, kMaxPartBytes);
  EXPECT_EQ(part.back(), '\n');
  EXPECT_EQ(FirstPart("a\nb"), "a\nb");
  const std::string long_line(kMaxPartBytes + 5, 'a');
  EXPECT_EQ(FirstPart(long_line + "\nb"), long_line + "\n");
  EXPECT_EQ(FirstPart(""), "");
}

// Pre-training and prompts must see a text as the same tokens: "\n\n" is one of Llama 3's.
TEST(DocumentTokens, AreThoseOfTheWholeTextBetweenBosAndEos) {
  auto files = ReadTokenizerFiles(std::string(BENCH_TEST_DATA) +
                                  "/harness/data/golden/tokenizer_llama3.json");
  ASSERT_TRUE(files.ok()) << files.status();
  files->beside["tokenizer_config.json"] = R"({"eos_token": "<|end_of_text|>"})";
  const Tokenizer tokenizers[] = {TinyTokenizer(), *Tokenizer::FromFiles(*std::move(files))};
  for (const Tokenizer& tokenizer : tokenizers) {
    const std::string text = "say it\n\nnumber 3\n    x = 1\n";
    std::vector<int64_t> expected;
    if (tokenizer.bos_id()) expected.push_back(*tokenizer.bos_id());
    for (const int64_t token : tokenizer.Encode(text)) expected.push_back(token);
    expected.push_back(tokenizer.eos_id());
    EXPECT_EQ(*DocumentTokens(tokenizer, text), expected);
  }
}

TEST(DocumentTokens, OfAnEmptyTextAreBosAndEos) {
  const Tokenizer tokenizer = TinyTokenizer();
  EXPECT_EQ(*DocumentTokens(tokenizer, ""),
            (std::vector<int64_t>{*tokenizer.bos_id(), tokenizer.eos_id()}));
}

TEST(DocumentTokens, ObeyAStopSignal) {
  const Tokenizer tokenizer = TinyTokenizer();
  const StopRequest stop;
  EXPECT_TRUE(absl::IsCancelled(DocumentTokens(tokenizer, "say").status()));
}

}  // namespace
}  // namespace bench::harness
