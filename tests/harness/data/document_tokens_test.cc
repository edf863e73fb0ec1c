#include "harness/data/document_tokens.h"

#include <gtest/gtest.h>

#include <optional>
#include <utility>

#include "harness/text/text.h"
#include "harness/tokenizers/tokenizer_files.h"
#include "tests/harness/model_io/end_is_padding.h"
#include "tests/harness/model_io/tiny_tokenizer.h"
#include "tests/harness/stop_request.h"

namespace bench::harness {
namespace {

// The model with add_dummy_prefix = true in its normaliser's settings: message 3 of the file, field
// 3 of that, a flag. Later messages of one number are merged into earlier ones, field by field.
std::string WithDummyPrefix(const std::string& model) {
  return model + std::string("\x1a\x02\x18\x01", 4);
}

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
                                  "/harness/tokenizers/golden/tokenizer_llama3.json");
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

// With BOS every byte of the text is some scored token's, parts of characters and all.
TEST(ScoredTextBytes, WithBosAreThoseOfTheText) {
  const Tokenizer tokenizer = TinyTokenizer();  // writes what it does not know byte by byte
  for (const std::string text : {"say it", "\u4e2d", "a\u4e2d\nb", ""}) {
    EXPECT_EQ(ScoredTextBytes(tokenizer, *DocumentTokens(tokenizer, text)), std::ssize(text));
  }
}

TEST(ScoredTextBytes, WithoutBosLackThoseOfTheFirstToken) {
  const Tokenizer tokenizer = EndIsPaddingTokenizer();
  for (const std::string text : {"say it", "\u4e2d", "it\u4e2d is"}) {
    const std::vector<int64_t> tokens = *DocumentTokens(tokenizer, text);
    // A piece is written with a character a byte.
    const auto first = std::ssize(CodePoints(tokenizer.Piece(tokens.front())));
    EXPECT_GT(first, 0);
    EXPECT_EQ(ScoredTextBytes(tokenizer, tokens), std::ssize(text) - first);
  }
  const std::vector<int64_t> only_end = {tokenizer.eos_id()};
  EXPECT_EQ(ScoredTextBytes(tokenizer, only_end), 0);
}

// Trained without byte fallback: a character that the training texts lack becomes the unknown
// token, which gives nothing back.
TEST(ScoredTextBytes, OfAnUnknownTokenAreNone) {
  TokenizerSpec spec;
  spec.algorithm = TokenizerAlgorithm::kCharacter;
  spec.byte_fallback = false;
  spec.vocab_size = 100;
  bool given = false;
  const auto model = TrainTokenizer(
      [&given]() -> std::optional<std::string> {
        return std::exchange(given, true) ? std::nullopt : std::optional<std::string>("say it");
      },
      spec);
  ASSERT_TRUE(model.ok()) << model.status();
  const Tokenizer tokenizer = *Tokenizer::FromModelBytes(*model, "characters");
  EXPECT_EQ(ScoredTextBytes(tokenizer, *DocumentTokens(tokenizer, "say \u4e2d it")), 4 + 3);
}

// Llama 2's kind of model puts a space before a text and takes it away again.
TEST(ScoredTextBytes, ASpaceThatTheTokenizerAddsIsNotCounted) {
  const std::string identity = TinyTokenizerModel();
  const Tokenizer plain = *Tokenizer::FromModelBytes(identity, "plain");
  ASSERT_FALSE(plain.adds_leading_space());
  const Tokenizer adding = *Tokenizer::FromModelBytes(WithDummyPrefix(identity), "adding");
  ASSERT_TRUE(adding.adds_leading_space());
  const std::vector<int64_t> tokens = *DocumentTokens(adding, "say it");
  ASSERT_EQ(tokens.size(), 1 + 7 + 1U);  // BOS, a space, the text, EOS
  EXPECT_EQ(ScoredTextBytes(adding, tokens), 6);
}

TEST(DocumentTokens, ObeyAStopSignal) {
  const Tokenizer tokenizer = TinyTokenizer();
  const StopRequest stop;
  EXPECT_TRUE(absl::IsCancelled(DocumentTokens(tokenizer, "say").status()));
}

}  // namespace
}  // namespace bench::harness
