#include "harness/tokenizers/tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "base/sha256.h"
#include "base/status.h"
#include "harness/text/text.h"
#include "tests/harness/tokenizers/test_tokenizer.h"
#include "tests/support/print_enums.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;

std::string RandomUtf8(std::mt19937& draw, size_t num_characters) {
  std::string text;
  while (num_characters > 0) {
    const char32_t limits[] = {0x80, 0x800, 0x3000, 0xA000, 0x10000, 0x110000};
    const auto c = static_cast<char32_t>(draw() % limits[draw() % std::size(limits)]);
    // NUL ends SentencePiece's strings nowhere, surrogates are no characters, U+2581 is the
    // exception.
    if ((c >= 0xD800 && c <= 0xDFFF) || c == 0x2581) continue;
    AppendUtf8(c, text);
    --num_characters;
  }
  return text;
}

class EveryAlgorithm : public ::testing::TestWithParam<TokenizerAlgorithm> {};

TEST_P(EveryAlgorithm, TrainsTheSameBytesTwiceAndNoPath) {
  const auto once = TrainTokenizer(TextsOf(TestTexts()), TestSpec(GetParam()));
  const auto again = TrainTokenizer(TextsOf(TestTexts()), TestSpec(GetParam()));
  ASSERT_TRUE(once.ok()) << once.status();
  EXPECT_EQ(*once, *again);
  // The only slashes are those of "</s>".
  for (size_t at = once->find('/'); at != std::string::npos; at = once->find('/', at + 1)) {
    EXPECT_EQ(once->substr(at - 1, 4), "</s>");
  }
}

TEST_P(EveryAlgorithm, RoundTripsRandomUtf8) {
  const auto bytes = TrainTokenizer(TextsOf(TestTexts()), TestSpec(GetParam()));
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  const auto tokenizer = Tokenizer::FromModelBytes(*bytes, "test");
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  EXPECT_LE(tokenizer->vocab_size(), TestSpec(GetParam()).vocab_size);
  std::mt19937 draw(1);
  for (int i = 0; i < 300; ++i) {
    const std::string text = RandomUtf8(draw, 1 + draw() % 60);
    EXPECT_EQ(tokenizer->Decode(tokenizer->Encode(text)), text) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Algorithms, EveryAlgorithm,
                         ::testing::Values(TokenizerAlgorithm::kUnigram, TokenizerAlgorithm::kBpe,
                                           TokenizerAlgorithm::kCharacter));

TEST(Tokenizer, RoundTripsEveryCharacterOfTheBasicPlane) {
  for (char32_t c = 1; c < 0x10000; ++c) {
    if ((c >= 0xD800 && c <= 0xDFFF) || c == 0x2581) continue;
    std::string text;
    AppendUtf8(c, text);
    ASSERT_EQ(TestTokenizer().Decode(TestTokenizer().Encode(text)), text)
        << static_cast<uint32_t>(c);
  }
}

TEST(Tokenizer, KeepsWhiteSpaceOfEveryKind) {
  for (const std::string text :
       {" ", "  lead", "trail  ", "a   b", "\n\n", "\t\r\n x", "\u3000全角\u00A0"}) {
    EXPECT_EQ(TestTokenizer().Decode(TestTokenizer().Encode(text)), text);
  }
}

TEST(Tokenizer, TheDocumentedException) {
  EXPECT_EQ(TestTokenizer().Decode(TestTokenizer().Encode("a\u2581b")), "a b");
}

TEST(Tokenizer, SpecialIdsAreFixedAndDistinct) {
  EXPECT_EQ(TestTokenizer().bos_id(), 1);
  EXPECT_EQ(TestTokenizer().eos_id(), 2);
  EXPECT_EQ(TestTokenizer().pad_id(), 3);
  EXPECT_EQ(TestTokenizer().digest(), Sha256Hex(TestModelBytes()));
}

TEST(Tokenizer, TextNeverGivesControlTokens) {
  for (const int64_t token : TestTokenizer().Encode("<s></s><pad><unk>")) EXPECT_GT(token, 3);
  EXPECT_TRUE(TestTokenizer().Encode("").empty());
}

TEST(Tokenizer, DecodingLeavesOutControlTokensAndForeignIds) {
  std::vector<int64_t> tokens = TestTokenizer().Encode("打开");
  tokens.insert(tokens.begin(), {1, -5, 3});
  tokens.insert(tokens.end(), {2, 1'000'000});
  EXPECT_EQ(TestTokenizer().Decode(tokens), "打开");
}

TEST(Tokenizer, BytesThatFormNoCharacterDecodeToReplacements) {
  std::vector<int64_t> tokens;
  for (int64_t id = 0; id < TestTokenizer().vocab_size(); ++id) {
    if (TestTokenizer().Piece(id) == "<0xE4>") tokens.push_back(id);
  }
  ASSERT_EQ(tokens.size(), 1u);
  EXPECT_EQ(TestTokenizer().Decode(tokens), "\uFFFD");
}

TEST(Tokenizer, RefusesForeignBytes) {
  const std::string half = TestModelBytes().substr(0, TestModelBytes().size() / 2);
  for (const std::string& bytes :
       {std::string(), std::string("not a model"), std::string(1000, '\0'), half}) {
    const auto tokenizer = Tokenizer::FromModelBytes(bytes, "own.model");
    ASSERT_FALSE(tokenizer.ok());
    EXPECT_EQ(ExitCodeFor(tokenizer.status()), ExitCode::kBadData);
    EXPECT_THAT(std::string(tokenizer.status().message()), HasSubstr("own.model: "));
  }
}

TEST(Tokenizer, RefusesModelsOverTheSizeLimit) {
  const std::string bytes((size_t{64} << 20) + 1, '\0');
  EXPECT_EQ(ExitCodeFor(Tokenizer::FromModelBytes(bytes, "x").status()), ExitCode::kBadData);
}

TEST(TrainTokenizer, GivesExactlyTheVocabularyExceptWithCharacters) {
  EXPECT_EQ(TestTokenizer().vocab_size(), TestSpec().vocab_size);
  TokenizerSpec spec = TestSpec(TokenizerAlgorithm::kCharacter);
  spec.vocab_size = 10000;
  const auto bytes = TrainTokenizer(TextsOf(TestTexts()), spec);
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  std::set<char32_t> characters;
  for (const std::string& text : TestTexts()) {
    for (const char32_t c : CodePoints(text)) characters.insert(c);
  }
  // Four special pieces, 256 bytes, and every character of the corpus.
  EXPECT_EQ(Tokenizer::FromModelBytes(*bytes, "test")->vocab_size(),
            4 + 256 + std::ssize(characters));
}

TEST(TrainTokenizer, ImpossibleVocabularyIsADataError) {
  TokenizerSpec spec = TestSpec(TokenizerAlgorithm::kUnigram);
  spec.vocab_size = 100000;
  const auto too_many = TrainTokenizer(TextsOf(TestTexts()), spec);
  EXPECT_EQ(ExitCodeFor(too_many.status()), ExitCode::kBadData);
  spec.vocab_size = 10;
  EXPECT_EQ(ExitCodeFor(TrainTokenizer(TextsOf(TestTexts()), spec).status()), ExitCode::kBadData);
}

TEST(TrainTokenizer, ACorpusWithoutTextIsADataErrorThatSaysSo) {
  for (const std::vector<std::string>& nothing :
       {std::vector<std::string>{}, {"", ""}, {" ", "\n\t"}}) {
    for (const TokenizerAlgorithm algorithm :
         {TokenizerAlgorithm::kUnigram, TokenizerAlgorithm::kBpe, TokenizerAlgorithm::kCharacter}) {
      const absl::Status status = TrainTokenizer(TextsOf(nothing), TestSpec(algorithm)).status();
      if (status.ok()) continue;  // of white space a vocabulary of characters can be made
      EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData);
      EXPECT_NE(status.message().find("no text"), std::string::npos) << status;
      EXPECT_EQ(status.message().find("Internal"), std::string::npos) << status;
    }
  }
  EXPECT_FALSE(TrainTokenizer(TextsOf({}), TestSpec()).ok());
}

TEST(SplitHan, LetsEveryHanCharacterStandAloneAndLosesNothing) {
  EXPECT_EQ(SplitHan("打开 a file：b"),
            (std::vector<std::string>{"打", "开", " a file", "：", "b"}));
  EXPECT_TRUE(SplitHan("").empty());
}

TEST(TrainTokenizer, WholePiecesAreOneTokenWhateverTheyHold) {
  const std::vector<std::string> whole = {"Below, is \"text\".\n\n### Input:\n", "译 成"};
  const auto bytes =
      TrainTokenizer(TextsOf(TestTexts()), TestSpec(TokenizerAlgorithm::kUnigram), whole);
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  const auto tokenizer = Tokenizer::FromModelBytes(*bytes, "test");
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  for (const std::string& text : whole) {
    const std::vector<int64_t> tokens = tokenizer->Encode(text);
    EXPECT_EQ(tokens.size(), 1u) << text;
    EXPECT_EQ(tokenizer->Decode(tokens), text);
  }
}

}  // namespace
}  // namespace bench::harness
