#include "harness/stages/names/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/status.h"
#include "tests/harness/stages/names/named_things.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;
using LanguageNames = std::map<std::string, std::string>;

Names Read(const std::vector<CatalogueRecord>& records, const NamesSpec& spec = ThreeLanguages()) {
  const auto names = ReadNames(records, spec);
  EXPECT_TRUE(names.ok()) << names.status();
  return names.ok() ? *names : Names{};
}

int64_t LeftOut(const Names& names, const std::string& language, NameDrop reason) {
  return names.left_out.at(language).at(static_cast<size_t>(reason));
}

// What is tried, beside what gives each language a name.
Names ReadWith(const CatalogueRecord& tried, const NamesSpec& spec = ThreeLanguages()) {
  std::vector<CatalogueRecord> records = Things();
  records.push_back(tried);
  return Read(records, spec);
}

TEST(Names, ArePairsOfTheLanguagesThatAreAsked) {
  const Names names = Read(Things());
  EXPECT_EQ(names.by_english.size(), 6U);
  EXPECT_EQ(names.by_english.at("Poland"),
            (LanguageNames{{"be", "Польшча"}, {"uk", "Польща"}, {"de", "Polen"}}));
  EXPECT_EQ(names.by_english.at("Mali"), (LanguageNames{{"be", "Малі"}}));
  for (const auto& [language, counts] : names.left_out) {
    for (const int64_t count : counts) EXPECT_EQ(count, 0) << language;
  }
}

TEST(Names, OfVocabularyLanguagesAreRead) {
  NamesSpec spec = ThreeLanguages();
  spec.languages = {"be"};
  spec.vocabulary_languages = {"de"};
  EXPECT_EQ(Read(Things(), spec).by_english.at("Poland"),
            (LanguageNames{{"be", "Польшча"}, {"de", "Polen"}}));
}

TEST(Names, AreComposedAndTrimmed) {
  // I with a combining diaeresis (U+0456 U+0308) is U+0457.
  const Names names = ReadWith(Thing(" Kyiv ", "", "Ки\u0456\u0308в ", ""));
  EXPECT_EQ(names.by_english.at("Kyiv").at("uk"), "Ки\u0457в");
}

TEST(Names, AreAsLongAsAllowedInCodePoints) {
  const Names names = ReadWith(Thing("Ten letter", "Дзесяцьлет", "Одинадцятьл", "Eleven lett"));
  EXPECT_EQ(names.by_english.at("Ten letter"), (LanguageNames{{"be", "Дзесяцьлет"}}));
  EXPECT_EQ(LeftOut(names, "be", NameDrop::kLong), 0);
  EXPECT_EQ(LeftOut(names, "uk", NameDrop::kLong), 1);
  EXPECT_EQ(LeftOut(names, "de", NameDrop::kLong), 1);
  EXPECT_EQ(LeftOut(ReadWith(Thing("Eleven lett", "Ясень", "", "")), "be", NameDrop::kLong), 1);
}

TEST(Names, HaveNoneOfTheCharactersOfRows) {
  const Names names = ReadWith(Thing("Odd", "а=б", "<uk>", "a\tb"));
  EXPECT_FALSE(names.by_english.contains("Odd"));
  for (const char* language : {"be", "uk", "de"}) {
    EXPECT_EQ(LeftOut(names, language, NameDrop::kReserved), 1) << language;
  }
  EXPECT_EQ(LeftOut(ReadWith(Thing("a\u2581b", "абв", "", "")), "be", NameDrop::kReserved), 1);
  EXPECT_EQ(LeftOut(ReadWith(Thing("Nothing", " ", "", "")), "be", NameDrop::kReserved), 1);
}

TEST(Names, ThatAreTheEnglishOnesAreLeftOutUnlessKept) {
  const Names names = ReadWith(Thing("Ghana", "Гана", "Гана", "Ghana"));
  EXPECT_EQ(names.by_english.at("Ghana"), (LanguageNames{{"be", "Гана"}, {"uk", "Гана"}}));
  EXPECT_EQ(LeftOut(names, "de", NameDrop::kUntranslated), 1);
  NamesSpec spec = ThreeLanguages();
  spec.untranslated = Untranslated::kKept;
  const Names kept = ReadWith(Thing("Ghana", "Гана", "Гана", "Ghana"), spec);
  EXPECT_EQ(kept.by_english.at("Ghana").at("de"), "Ghana");
  EXPECT_EQ(LeftOut(kept, "de", NameDrop::kUntranslated), 0);
}

TEST(Names, OneNameTwiceIsRepeatedAndTwoNamesAreAmbiguous) {
  const Names names = ReadWith(Thing("Cuba", "Куба", "Кіпр", ""));
  EXPECT_EQ(names.by_english.at("Cuba"), (LanguageNames{{"be", "Куба"}, {"de", "Kuba"}}));
  EXPECT_EQ(LeftOut(names, "be", NameDrop::kRepeated), 1);
  EXPECT_EQ(LeftOut(names, "uk", NameDrop::kAmbiguous), 2);
}

TEST(Names, AndWhatIsLeftOutAddUpToTheTranslations) {
  std::vector<CatalogueRecord> records = Things();
  records.push_back(Thing("Cuba", "Куба", "Кіпр", "Cuba"));
  records.push_back(Thing("Far too long a name", "а=б", "", "x"));
  const Names names = Read(records);
  for (const std::string language : {"be", "uk", "de"}) {
    int64_t expected = 0;
    for (const CatalogueRecord& record : records) {
      expected += static_cast<int64_t>(record.translations.count(language));
    }
    int64_t actual = 0;
    for (const auto& [english, by_language] : names.by_english) {
      actual += static_cast<int64_t>(by_language.count(language));
    }
    for (const int64_t count : names.left_out.at(language)) actual += count;
    EXPECT_EQ(actual, expected) << language;
  }
}

TEST(Names, DoNotDependOnTheOrderOfTheRecords) {
  std::vector<CatalogueRecord> records = Things();
  records.push_back(Thing("Cuba", "Куба", "Кіпр", "Cuba"));
  const Names names = Read(records);
  std::reverse(records.begin(), records.end());
  const Names reversed = Read(records);
  EXPECT_EQ(reversed.by_english, names.by_english);
  EXPECT_EQ(reversed.left_out, names.left_out);
}

TEST(Names, OfALanguageMustBeThere) {
  NamesSpec spec = ThreeLanguages();
  spec.languages.emplace_back("sr");
  const auto names = ReadNames(Things(), spec);
  EXPECT_EQ(ExitCodeFor(names.status()), ExitCode::kBadData);
  EXPECT_THAT(std::string(names.status().message()), HasSubstr("no name in \"sr\""));
}

}  // namespace
}  // namespace bench::harness
