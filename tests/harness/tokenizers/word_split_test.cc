#include "harness/tokenizers/word_split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unicode/uchar.h>

#include "harness/text/text.h"
#include "tests/harness/text/failing_icu_memory.h"

namespace bench::harness {
namespace {

using ::testing::ElementsAre;
using Words = std::vector<std::string>;

WordSplitter Splitter(absl::StatusOr<std::unique_ptr<SplitStep>> step) {
  std::vector<std::unique_ptr<SplitStep>> steps;
  EXPECT_TRUE(step.ok()) << step.status();
  steps.push_back(*std::move(step));
  return WordSplitter(std::move(steps));
}
Words Split(SplitPattern pattern, std::string_view text) {
  return Splitter(MakePatternStep(pattern)).Split(text);
}

// Wherever memory ends: all words, or none.
TEST(WordSplitter, NeverEndsEarly) {
  const WordSplitter splitter = Splitter(MakePatternStep(SplitPattern::kGpt2));
  std::string text;
  for (int i = 0; i < 500; ++i) text += " word  ";
  const Words words = splitter.Split(text);
  int num_thrown = 0;
  for (int num_allocations = 0; num_allocations < 20; ++num_allocations) {
    const FailingIcuMemory failing(num_allocations);
    try {
      EXPECT_EQ(splitter.Split(text), words) << num_allocations;
    } catch (const std::exception&) {
      ++num_thrown;
    }
  }
  EXPECT_GT(num_thrown, 0);
  EXPECT_LT(num_thrown, 20);
}

// By hand from the published patterns.
TEST(SplitPattern, Gpt2KeepsASpaceBeforeAWord) {
  EXPECT_EQ(Split(SplitPattern::kGpt2, "Hello  world's 123!? \n x"),
            (Words{"Hello", " ", " world", "'s", " 123", "!?", " \n", " x"}));
  EXPECT_EQ(Split(SplitPattern::kGpt2, "DON'T"), (Words{"DON", "'", "T"}));
}

TEST(SplitPattern, Llama3GroupsThreeDigitsAndIgnoresCase) {
  EXPECT_EQ(Split(SplitPattern::kLlama3, "DON'T 12345(x) a\r\n\n  b"),
            (Words{"DON", "'T", " ", "123", "45", "(x", ")", " a", "\r\n\n", " ", " b"}));
  EXPECT_EQ(Split(SplitPattern::kLlama3, "打开\u3000文件。\n"),
            (Words{"打开", "\u3000文件", "。\n"}));
}

TEST(SplitPattern, Qwen2SplitsEveryDigit) {
  EXPECT_EQ(Split(SplitPattern::kQwen2, "a1234"), (Words{"a", "1", "2", "3", "4"}));
}

TEST(SplitPattern, IgnoringCaseTakesTheLongSButNotMore) {
  EXPECT_EQ(Split(SplitPattern::kLlama3, "o'\u017Fx"), (Words{"o", "'\u017F", "x"}));
  EXPECT_EQ(Split(SplitPattern::kGpt2, "o'\u017Fx"), (Words{"o", "'", "\u017Fx"}));
}

// ICU's manual gives \s another meaning than White_Space, which these patterns' \s is; what counts
// is what is matched.
TEST(SplitPattern, WhiteSpaceIsUnicodes) {
  for (char32_t c = 0; c <= 0x3000; ++c) {
    const std::string character = ToUtf8({&c, 1});
    if (!u_isUWhiteSpace(static_cast<UChar32>(c)) || c == ' ') continue;
    EXPECT_EQ(Split(SplitPattern::kGpt2, "!" + character + "!"), (Words{"!", character, "!"}));
  }
  EXPECT_EQ(Split(SplitPattern::kGpt2, "!\x0B!"), (Words{"!", "\x0B", "!"}));
  EXPECT_EQ(Split(SplitPattern::kGpt2, "!\u0085!"), (Words{"!", "\u0085", "!"}));
  EXPECT_EQ(Split(SplitPattern::kGpt2, "!\x1C!"), (Words{"!\x1C!"}));
}

// U+16D40 is a letter, U+10D40 a number since Unicode 16; U+11DE0 a number since Unicode 17.
TEST(SplitPattern, KnowsLettersAndNumbersLaterThanIcu) {
  EXPECT_EQ(Split(SplitPattern::kGpt2, "a\U00016D40!"), (Words{"a\U00016D40", "!"}));
  EXPECT_EQ(Split(SplitPattern::kGpt2, "!\U00010D40!"), (Words{"!", "\U00010D40", "!"}));
  EXPECT_EQ(Split(SplitPattern::kGpt2, "!\U00011DE0!"), (Words{"!\U00011DE0!"}));
  const WordSplitter digits = Splitter(MakeDigitsStep(DigitGrouping::kEachAlone));
  EXPECT_EQ(digits.Split("!\U00011DE0!"), (Words{"!", "\U00011DE0", "!"}));
}

TEST(SplitPattern, CutsAMegabyteOfOneKindAsAFewCharactersOfIt) {
  constexpr size_t kLength = size_t{1} << 20;
  const std::pair<const char*, size_t> cases[] = {{"a", 1}, {" ", 1},  {"\n", 1},
                                                  {"!", 1}, {"打", 1}, {"1", (kLength + 2) / 3}};
  for (const auto& [part, num_words] : cases) {
    std::string text;
    for (size_t i = 0; i < kLength; ++i) text += part;
    const Words words = Split(SplitPattern::kLlama3, text);
    EXPECT_EQ(words.size(), num_words) << part;
    std::string joined;
    for (const std::string& word : words) joined += word;
    EXPECT_TRUE(joined == text) << part;
  }
}

TEST(SplitPattern, IsKnownByItsPublishedText) {
  for (const SplitPattern pattern :
       {SplitPattern::kGpt2, SplitPattern::kLlama3, SplitPattern::kQwen2}) {
    EXPECT_EQ(FindSplitPattern(PatternText(pattern)), pattern);
  }
  EXPECT_EQ(FindSplitPattern("\\p{L}+"), std::nullopt);
}

TEST(DigitsStep, TakesNumbersTogetherOrApart) {
  EXPECT_THAT(Splitter(MakeDigitsStep(DigitGrouping::kEachAlone)).Split("a12½b"),
              ElementsAre("a", "1", "2", "½", "b"));
  EXPECT_THAT(Splitter(MakeDigitsStep(DigitGrouping::kTogether)).Split("a12½b"),
              ElementsAre("a", "12½", "b"));
}

TEST(PrefixSpaceStep, AddsASpaceToEveryPieceWithout) {
  std::vector<std::unique_ptr<SplitStep>> steps;
  steps.push_back(*MakeDigitsStep(DigitGrouping::kTogether));
  steps.push_back(MakePrefixSpaceStep());
  const WordSplitter splitter(std::move(steps));
  EXPECT_THAT(splitter.Split(" a1"), ElementsAre(" a", " 1"));
  EXPECT_THAT(splitter.Split(""), ElementsAre());
}

}  // namespace
}  // namespace bench::harness
