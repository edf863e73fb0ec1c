#include "harness/corpus/spacy_english.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace bench::corpus {
namespace {

using testing::ElementsAre;

// What spacy.blank("en") 3.8 with a sentencizer makes of these texts, printed by it;
// compare_datatrove.py compares many more where it is installed.
TEST(SpacyEnglish, WordsAreThoseOfSpacy) {
  SpacyEnglish english;
  EXPECT_THAT(
      english.Words("Don't we'll go to the U.S. at 10a.m.?"),
      ElementsAre("Do", "n't", "we", "'ll", "go", "to", "the", "U.S.", "at", "10", "a.m.", "?"));
  EXPECT_THAT(english.Words("(see http://a.example/x?y=1, v1.2-3) costs US$5 or 10km..."),
              ElementsAre("(", "see", "http://a.example/x?y=1", ",", "v1.2", "-", "3", ")", "costs",
                          "US$", "5", "or", "10", "km", "..."));
  EXPECT_THAT(english.Words("state-of-the-art and/or x=y, word.Next a,b 3*4"),
              ElementsAre("state", "-", "of", "-", "the", "-", "art", "and/or", "x", "=", "y", ",",
                          "word", ".", "Next", "a", ",", "b", "3", "*", "4"));
  EXPECT_THAT(english.Words("naïve café 中文 words 5°C. 1.5MB/s user@example.com"),
              ElementsAre("naïve", "café", "中文", "words", "5", "°", "C", ".", "1.5MB", "/", "s",
                          "user@example.com"));
}

TEST(SpacyEnglish, SpecialCasesAreFoundAmongTokensToo) {
  SpacyEnglish english;
  EXPECT_THAT(english.Words("hello:) foo’s e.g. \"quoted\" (*_*) §5 100% C++"),
              ElementsAre("hello", ":)", "foo", "’s", "e.g.", "\"", "quoted", "\"", "(*_*)", "§",
                          "5", "100", "%", "C++"));
  EXPECT_THAT(english.Words("hello: ) "), ElementsAre("hello", ":", ")"));  // a space parts them
}

TEST(SpacyEnglish, WhiteSpaceIsNoWord) {
  SpacyEnglish english;
  EXPECT_THAT(english.Words("cannot gonna   two  spaces\n\nnew line"),
              ElementsAre("can", "not", "gon", "na", "two", "spaces", "new", "line"));
  EXPECT_TRUE(english.Words("").empty());
  EXPECT_TRUE(english.Words(" \n\t").empty());
}

TEST(SpacyEnglish, WordsAreViewsOfTheText) {
  SpacyEnglish english;
  const std::string text = "  \U0001F600 “é”";
  const auto& words = english.Words(text);
  ASSERT_THAT(words, ElementsAre("\U0001F600", "“", "é", "”"));
  EXPECT_EQ(words[0].data(), text.data() + 2);
  EXPECT_EQ(words[3].data() + words[3].size(), text.data() + text.size());
}

TEST(SpacyEnglish, TextsOfTooManyWordsAreLeftEarly) {
  SpacyEnglish english;
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "word ";
  EXPECT_EQ(english.Words(text).size(), 1000u);
  const size_t num_words = english.Words(text, 10).size();
  EXPECT_GT(num_words, 10u);
  EXPECT_LT(num_words, 20u);
}

TEST(SpacyEnglish, SentencesAreThoseOfTheSentencizer) {
  SpacyEnglish english;
  EXPECT_EQ(english.CountSentences("He came. He saw! Did he? Yes."), 4);
  EXPECT_EQ(english.CountSentences("Dr. Who went. (Really.) \"No.\" ok"), 4);
  EXPECT_EQ(english.CountSentences("Wait... What?! Oh"), 2);
  EXPECT_EQ(english.CountSentences("a.b.c ... d"), 1);  // "..." is no terminal
  EXPECT_EQ(english.CountSentences("no end"), 1);
  EXPECT_EQ(english.CountSentences(""), 1);
}

}  // namespace
}  // namespace bench::corpus
