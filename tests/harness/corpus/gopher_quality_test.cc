#include "harness/corpus/gopher_quality.h"

#include <gtest/gtest.h>

#include "tests/harness/corpus/filter_texts.h"

namespace bench::corpus {
namespace {

using enum GopherQualityRule;
using Verdict = std::optional<GopherQualityRule>;

Verdict Check(const std::string& text, const GopherQualityParameters& parameters) {
  Segmenter segmenter;
  return CheckGopherQuality(segmenter.Segment(text), parameters);
}

// The preset without stop words, which most texts here have none of.
GopherQualityParameters NoStopWords() {
  GopherQualityParameters parameters = GopherQualityPreset().spaced;
  parameters.min_stop_words = 0;
  return parameters;
}

TEST(GopherQuality, WordsBelow50AreTooFewAndSymbolsAreNoWords) {
  EXPECT_EQ(Check(Spaced(Copies(50, "word")), NoStopWords()), std::nullopt);
  EXPECT_EQ(Check(Spaced(Copies(49, "word")), NoStopWords()), kTooFewWords);
  EXPECT_EQ(Check(Spaced(Copies(49, "word") + Copies(9, "!")), NoStopWords()), kTooFewWords);
  EXPECT_EQ(Check("", NoStopWords()), kTooFewWords);
}

TEST(GopherQuality, WordsAbove100000AreTooMany) {
  EXPECT_EQ(Check(Spaced(Copies(100'000, "word")), NoStopWords()), std::nullopt);
  EXPECT_EQ(Check(Spaced(Copies(100'001, "word")), NoStopWords()), kTooManyWords);
}

TEST(GopherQuality, MeanWordLengthFrom3To10IsKept) {
  EXPECT_EQ(Check(Spaced(Copies(100, "abc")), NoStopWords()), std::nullopt);
  EXPECT_EQ(Check(Spaced(Copies(99, "abc") + Copies(1, "ab")), NoStopWords()), kMeanWordTooShort);
  EXPECT_EQ(Check(Spaced(Copies(100, "abcdefghij")), NoStopWords()), std::nullopt);
  EXPECT_EQ(Check(Spaced(Copies(99, "abcdefghij") + Copies(1, "abcdefghijk")), NoStopWords()),
            kMeanWordTooLong);
}

TEST(GopherQuality, MeanWordLengthCountsCharactersNotBytes) {
  EXPECT_EQ(Check(Spaced(Copies(60, "éééééééééé")), NoStopWords()), std::nullopt);
}

TEST(GopherQuality, HashesPerWordUpToATenthAreKept) {
  EXPECT_EQ(Check(Spaced(Copies(90, "word") + Copies(10, "#")), NoStopWords()), std::nullopt);
  EXPECT_EQ(Check(Spaced(Copies(89, "word") + Copies(11, "#")), NoStopWords()), kHashesPerWord);
  // A run is one word and as many hashes as it has characters: 11 of 101.
  EXPECT_EQ(Check(Spaced(Copies(99, "word") + Copies(1, "###########")), NoStopWords()),
            kHashesPerWord);
}

TEST(GopherQuality, EllipsesPerWordUpToATenthAreKept) {
  for (const std::string ellipsis : {"...", "…"}) {
    EXPECT_EQ(
        Check(Spaced(Copies(89, "word") + Copies(10, ellipsis) + Copies(1, "word")), NoStopWords()),
        std::nullopt);
    EXPECT_EQ(
        Check(Spaced(Copies(88, "word") + Copies(11, ellipsis) + Copies(1, "word")), NoStopWords()),
        kEllipsesPerWord);
  }
}

TEST(GopherQuality, BulletLinesUpToNineTenthsAreKept) {
  for (const std::string bullet : {"- one of the items", "  • one of the items"}) {
    EXPECT_EQ(Check(InLines(Copies(90, bullet) + Copies(10, "item")), NoStopWords()), std::nullopt);
    EXPECT_EQ(Check(InLines(Copies(91, bullet) + Copies(9, "item")), NoStopWords()), kBulletLines);
  }
}

TEST(GopherQuality, EllipsisLinesUpToThreeTenthsAreKept) {
  const std::string line = "some words that are more than nine in this line";
  const auto text = [&](size_t num_ellipses, const std::string& ellipsis) {
    return InLines(Copies(num_ellipses, line + ellipsis) + Copies(10 - num_ellipses, line));
  };
  for (const std::string ellipsis : {"...", "… "}) {
    EXPECT_EQ(Check(text(3, ellipsis), NoStopWords()), std::nullopt);
    EXPECT_EQ(Check(text(4, ellipsis), NoStopWords()), kEllipsisLines);
  }
}

TEST(GopherQuality, AlphabeticWordsFromEightTenthsAreKept) {
  EXPECT_EQ(Check(Spaced(Copies(80, "word") + Copies(20, "1234")), NoStopWords()), std::nullopt);
  EXPECT_EQ(Check(Spaced(Copies(79, "word") + Copies(21, "1234")), NoStopWords()),
            kAlphabeticWords);
  EXPECT_EQ(
      Check(Spaced(Copies(79, "word") + Copies(20, "1234") + Copies(1, "x123")), NoStopWords()),
      std::nullopt);
}

TEST(GopherQuality, TwoDistinctStopWordsAreNeeded) {
  const GopherQualityParameters preset = GopherQualityPreset().spaced;
  const auto words = Copies(60, "word");
  EXPECT_EQ(Check(Spaced(words + Copies(1, "the") + Copies(1, "with")), preset), std::nullopt);
  EXPECT_EQ(Check(Spaced(words + Copies(5, "the")), preset), kStopWords);
  EXPECT_EQ(Check(Spaced(words + Copies(1, "the") + Copies(1, "With")), preset), kStopWords);
}

TEST(GopherQuality, ChineseProseIsKeptByItsOwnParametersOnly) {
  std::string text;
  for (int i = 0; i < 6; ++i) text += "我们在北京的大学里学习计算机科学，学生和老师都很努力。";
  EXPECT_EQ(Check(text, GopherQualityPreset().unspaced), std::nullopt);
  EXPECT_EQ(Check(text, GopherQualityPreset().spaced), kMeanWordTooShort);
}

TEST(GopherQuality, EveryRuleHasItsOwnName) {
  EXPECT_EQ(Name(kTooFewWords), "too_few_words");
  EXPECT_EQ(Name(kStopWords), "stop_words");
}

}  // namespace
}  // namespace bench::corpus
