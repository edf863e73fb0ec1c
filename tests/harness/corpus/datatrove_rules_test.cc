#include "harness/corpus/datatrove_rules.h"

#include <gtest/gtest.h>
#include <unicode/uchar.h>
#include <unicode/uniset.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <string>

namespace bench::corpus {
namespace {

icu::UnicodeSet Set(std::string_view pattern) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::UnicodeSet set(icu::UnicodeString::fromUTF8(std::string(pattern)), error);
  EXPECT_TRUE(U_SUCCESS(error));
  return set;
}

TEST(DatatroveRules, TerminalsHaveEverySentenceEnd) {
  for (const char32_t c : {U'.', U'!', U'?', U'\u3002'}) {
    EXPECT_TRUE(Set(kDatatroveTerminals).contains(static_cast<UChar32>(c)));
  }
  EXPECT_FALSE(Set(kDatatroveTerminals).contains(static_cast<UChar32>(',')));
  EXPECT_TRUE(Set(kDatatroveTerminals).containsAll(Set(kSpacySentenceEnds)));
}

TEST(DatatroveRules, PunctuationIsNoLetter) {
  const icu::UnicodeSet punctuation = Set(kDatatrovePunctuation);
  EXPECT_TRUE(punctuation.contains('_') && punctuation.contains(0x2014));
  EXPECT_FALSE(punctuation.contains(0xA9) || punctuation.contains(0xA1));
  UErrorCode error = U_ZERO_ERROR;
  const icu::UnicodeSet letters(u"[:L:]", error);
  EXPECT_TRUE(U_SUCCESS(error) && letters.containsNone(punctuation));
}

TEST(DatatroveRules, SpecialCasesAreAllThere) {
  // spaCy 3.8.18 has 1,347, of which four are white space.
  EXPECT_EQ(std::count(kSpacySpecialCases.begin(), kSpacySpecialCases.end(), ' ') + 1, 1343);
  EXPECT_NE(kSpacySpecialCases.find(" ca~n't "), std::string_view::npos);
}

TEST(DatatroveRules, SetsOfLettersAreClosedUnderCase) {
  const auto members = [](size_t i) { return Set("[" + std::string(kSpacySets[i]) + "]"); };
  EXPECT_TRUE(members(0).containsAll(members(1)) && members(0).containsAll(members(2)));
  EXPECT_TRUE(members(1).contains('a') && !members(1).contains('A'));
  EXPECT_TRUE(members(2).contains('A') && !members(2).contains('a'));
}

}  // namespace
}  // namespace bench::corpus
