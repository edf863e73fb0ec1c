#include "harness/corpus/evaluation_texts.h"

#include <gtest/gtest.h>

namespace bench::corpus {
namespace {

constexpr ShingleParameters kNgrams = {.ngram_words = 3, .ngram_characters = 4};

TEST(EvaluationTexts, ContainsTextsThatDifferInCaseSpacingAndPunctuationOnly) {
  EvaluationTexts texts({"validation", "test"}, kNgrams);
  texts.Add(0, "Open the file.");
  texts.Add(1, "打开文件");
  for (const char* text : {"Open the file.", "open the FILE", " Open  the file …", "打开文件！"}) {
    EXPECT_TRUE(texts.Contains(text)) << text;
  }
  for (const char* text : {"Open the files.", "Open", "打开文", ""}) {
    EXPECT_FALSE(texts.Contains(text)) << text;
  }
}

TEST(EvaluationTexts, SaysWhichPartsSomethingIsRepeatedOf) {
  Shingler shingler;
  EvaluationTexts texts({"validation", "test"}, kNgrams);
  texts.Add(0, "one two three four");
  texts.Add(1, "two three four five");
  texts.Add(1, "six seven eight");
  EXPECT_EQ(texts.PartsIn("so one two three", shingler), 0b01u);
  EXPECT_EQ(texts.PartsIn("so two three four", shingler), 0b11u);
  EXPECT_EQ(texts.PartsIn("six seven eight", shingler), 0b10u);
  EXPECT_EQ(texts.PartsIn("one two, four five", shingler), 0u);
  // By hand: {one two three, two three four}, {two three four, three four five, six seven eight}.
  EXPECT_EQ(texts.parts()[0].num_ngrams, 2);
  EXPECT_EQ(texts.parts()[1].num_ngrams, 3);
  EXPECT_EQ(texts.parts()[1].num_texts, 2);
}

TEST(EvaluationTexts, ShortTextsHaveNoNgramsButAreContained) {
  Shingler shingler;
  EvaluationTexts texts({"test"}, kNgrams);
  texts.Add(0, "Open file");
  EXPECT_EQ(texts.PartsIn("Open file", shingler), 0u);
  EXPECT_TRUE(texts.Contains("Open file"));
  texts.Add(0, "open the file");  // long enough
  texts.Add(0, "文件");
  EXPECT_EQ(texts.parts()[0].num_short_texts, 2);
}

}  // namespace
}  // namespace bench::corpus
