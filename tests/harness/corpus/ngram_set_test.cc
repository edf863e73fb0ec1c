#include "harness/corpus/ngram_set.h"

#include <gtest/gtest.h>

#include <set>

namespace bench::corpus {
namespace {

std::multiset<size_t> Found(const NgramSet& set, std::string_view text) {
  Shingler shingler;
  std::multiset<size_t> found;
  set.Find(text, shingler, [&](size_t number) { found.insert(number); });
  return found;
}

TEST(NgramSet, NumbersDifferentNgramsInOrder) {
  Shingler shingler;
  NgramSet set({.ngram_words = 3, .ngram_characters = 4});
  std::vector<size_t> numbers;
  set.Add("one two three four", shingler, [&](size_t number) { numbers.push_back(number); });
  set.Add("zero, Two THREE four!", shingler, [&](size_t number) { numbers.push_back(number); });
  EXPECT_EQ(numbers, (std::vector<size_t>{0, 1, 2, 1}));
  EXPECT_EQ(set.size(), 3u);
}

TEST(NgramSet, FindsEachOccurrence) {
  Shingler shingler;
  NgramSet set({.ngram_words = 3, .ngram_characters = 4});
  set.Add("one two three four", shingler);
  EXPECT_EQ(Found(set, "a one two three b one two three"), (std::multiset<size_t>{0, 0}));
  EXPECT_TRUE(Found(set, "one two four three").empty());
  EXPECT_TRUE(Found(set, "one two").empty());
}

// 6 characters of Chinese in an English document: the document counts as spaced, the n-gram not.
TEST(NgramSet, FindsChineseNgramsInEnglishTexts) {
  Shingler shingler;
  NgramSet set({.ngram_words = 3, .ngram_characters = 4});
  set.Add("打开文件夹", shingler);
  EXPECT_EQ(set.size(), 2u);
  EXPECT_EQ(Found(set, "to open a folder say 打开文件夹 in the menu of the program"),
            (std::multiset<size_t>{0, 1}));
  EXPECT_TRUE(Found(set, "to open a folder say 打开文 in the menu of the program").empty());
}

TEST(NgramSet, TextsShorterThanAnNgramHaveNone) {
  Shingler shingler;
  NgramSet set({.ngram_words = 3, .ngram_characters = 4});
  set.Add("one two", shingler);
  set.Add("打开文", shingler);
  EXPECT_EQ(set.size(), 0u);
}

}  // namespace
}  // namespace bench::corpus
