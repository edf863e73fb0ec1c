#include "harness/corpus/text_spans.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unicode/brkiter.h>
#include <unicode/unistr.h>

#include <memory>
#include <string>

#include "harness/determinism/random.h"

namespace bench::corpus {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Words(std::string_view text) {
  Segmenter segmenter;
  std::vector<std::string> words;
  for (const Word& word : segmenter.Segment(text).words) words.emplace_back(word.text);
  return words;
}

// Every piece that ICU's word break iterator gives which is no white space, runs of one symbol
// joined as in text_spans.h.
std::vector<std::string> IcuWords(const std::string& ascii) {
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<icu::BreakIterator> words(
      icu::BreakIterator::createWordInstance(icu::Locale::getRoot(), error));
  words->setText(icu::UnicodeString::fromUTF8(ascii));
  std::vector<std::string> result;
  int32_t begin = words->first(), last_end = -1;
  for (int32_t end = words->next(); end != icu::BreakIterator::DONE;
       begin = end, end = words->next()) {
    const std::string piece =
        ascii.substr(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
    if (piece.find_first_not_of(" \n\t") == std::string::npos) continue;
    const bool is_symbol = words->getRuleStatus() < UBRK_WORD_NONE_LIMIT && piece.size() == 1;
    if (is_symbol && last_end == begin && result.back().back() == piece[0] && piece != "_" &&
        result.back().find_first_not_of(piece) == std::string::npos) {
      result.back() += piece;
    } else {
      result.push_back(piece);
    }
    last_end = end;
  }
  return result;
}

TEST(Segmenter, WordsOfUax29) {
  EXPECT_THAT(Words("Don't panic, it's 3.14 (or 1,000.5)..."),
              ElementsAre("Don't", "panic", ",", "it's", "3.14", "(", "or", "1,000.5", ")", "..."));
  EXPECT_THAT(Words("well-known e.g. snake_case 'quoted'"),
              ElementsAre("well", "-", "known", "e.g", ".", "snake_case", "'", "quoted", "'"));
  EXPECT_THAT(Words("Caf\xC3\xA9 na\xC3\xAFve l\xE2\x80\x99été"),
              ElementsAre("Café", "naïve", "l’été"));
  EXPECT_THAT(Words("a##b--"), ElementsAre("a", "##", "b", "--"));
}

// Without "@", which ICU 72 alone takes for a letter.
TEST(Segmenter, AsciiWordsAreIcusOnRandomText) {
  constexpr std::string_view kAlphabet = "abZ019 \n.,;'\"-_#!()$%";
  harness::Random random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (int i = 0; i < 40; ++i) text.push_back(kAlphabet[random.Below(kAlphabet.size())]);
    EXPECT_EQ(Words(text), IcuWords(text)) << text;
  }
}

TEST(Segmenter, UnspacedScriptsAreSplitByDictionary) {
  EXPECT_THAT(Words("我们在北京大学学习。"),
              ElementsAre("我们", "在", "北京", "大学", "学习", "。"));
  EXPECT_THAT(Words("用open函数"), ElementsAre("用", "open", "函数"));
}

TEST(Segmenter, KindsAndLengths) {
  Segmenter segmenter;
  const TextSpans& spans = segmenter.Segment("été 42 x9 北京 …");
  ASSERT_EQ(spans.words.size(), 5u);
  EXPECT_EQ(spans.words[0].kind, WordKind::kAlphabetic);
  EXPECT_EQ(spans.words[0].num_characters, 3u);
  EXPECT_EQ(spans.words[1].kind, WordKind::kNumber);
  EXPECT_EQ(spans.words[2].kind, WordKind::kAlphabetic);
  EXPECT_EQ(spans.words[3].kind, WordKind::kUnspaced);
  EXPECT_EQ(spans.words[4].kind, WordKind::kSymbol);
  EXPECT_EQ(spans.num_characters, 14);
  EXPECT_EQ(spans.num_non_symbol_words, 4);
}

TEST(Segmenter, LinesAreThoseOfSplitlines) {
  Segmenter segmenter;
  EXPECT_TRUE(segmenter.Segment("").lines.empty());
  const TextSpans& spans = segmenter.Segment("a b\n\nc\n");
  ASSERT_EQ(spans.lines.size(), 3u);
  EXPECT_EQ(spans.lines[0].text, "a b");
  EXPECT_EQ(spans.lines[0].end_word, 2u);
  EXPECT_EQ(spans.lines[1].text, "");
  EXPECT_EQ(spans.lines[1].begin_word, spans.lines[1].end_word);
  EXPECT_EQ(spans.lines[2].begin_word, 2u);
  EXPECT_EQ(spans.num_newlines, 3);
  EXPECT_EQ(spans.num_characters, 7);
}

TEST(Segmenter, WritingSystemIsThatOfMostWords) {
  Segmenter segmenter;
  EXPECT_EQ(segmenter.Segment("one two 北京").writing_system(), WritingSystem::kSpaced);
  EXPECT_EQ(segmenter.Segment("one 北京").writing_system(), WritingSystem::kSpaced);
  EXPECT_EQ(segmenter.Segment("one 北京 大学 ...").writing_system(), WritingSystem::kUnspaced);
  EXPECT_EQ(segmenter.Segment("").writing_system(), WritingSystem::kSpaced);
}

}  // namespace
}  // namespace bench::corpus
