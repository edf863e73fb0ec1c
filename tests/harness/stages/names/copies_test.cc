#include "harness/stages/names/copies.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>

#include "harness/generated/symbol_model.h"
#include "tests/harness/stages/names/named_things.h"

namespace bench::harness {
namespace {

class CopiesTest : public ::testing::Test {
 protected:
  // One of two names is held out, and they are alike: it does not matter which.
  static std::vector<Copy> CopiesOf(const std::vector<std::string>& languages) {
    NamesSpec spec = ThreeLanguages();
    spec.languages = languages;
    spec.held_out_names = 1;
    spec.untranslated = Untranslated::kKept;
    const std::vector<CatalogueRecord> records = {Thing("Polands", "Польшча", "Польща", "Polands"),
                                                  Thing("Polance", "Польшча", "Польща", "Polance")};
    return ScoreCopies(*MakeNameRows(*ReadNames(records, spec), spec, 1), spec.languages);
  }
};

// Польшча and Польща: one letter is another, one is missing. The others, of seven letters too, have
// none in common with it.
TEST_F(CopiesTest, AreScoredAsAnswersAre) {
  const std::vector<Copy> copies = CopiesOf({"be", "uk", "de"});
  ASSERT_EQ(copies.size(), 3U);
  EXPECT_EQ(copies[0].of, "en");
  EXPECT_EQ(copies[0].answers.exact_match(), 0);
  EXPECT_EQ(copies[0].answers.symbol_error_rate(), 1);
  EXPECT_EQ(copies[1].of, "uk");
  EXPECT_EQ(copies[1].answers.exact_match(), 0);
  EXPECT_EQ(copies[1].answers.symbol_error_rate(), 2.0 / 7);
  EXPECT_EQ(copies[2].of, "de");
  EXPECT_EQ(copies[2].answers.symbol_error_rate(), 1);
  EXPECT_EQ(NearestCopy(copies), &copies[1]);
}

TEST_F(CopiesTest, OfAnEqualNameIsRight) {
  // What is asked in German is what copying English gives.
  const std::vector<Copy> copies = CopiesOf({"de", "be"});
  EXPECT_EQ(copies[0].answers.exact_match(), 1);
  EXPECT_EQ(copies[0].answers.symbol_error_rate(), 0);
  EXPECT_EQ(copies[1].answers.exact_match(), 0);
  EXPECT_EQ(NearestCopy(copies), &copies[1]);
}

TEST_F(CopiesTest, AloneThereIsEnglishOnly) {
  const std::vector<Copy> copies = CopiesOf({"be"});
  EXPECT_EQ(copies.size(), 1U);
  EXPECT_EQ(NearestCopy(copies), nullptr);
}

std::string EnglishText(const DatasetRow& row, const std::vector<std::string>& symbols) {
  std::string text;
  for (const int64_t token : EnglishOf(row)) {
    text += symbols[static_cast<size_t>(token - generated::kFirstSymbol)];
  }
  return text;
}

// "uk" has no name for Mali, "de" none for Mali and Chile.
TEST_F(CopiesTest, WithoutANameTheEnglishOneIsCopied) {
  // Edits of the English, the Ukrainian and the German name, or the English one, from the
  // Belarusian.
  const std::map<std::string, std::array<int64_t, 3>> edits = {{"Poland", {7, 2, 7}},
                                                               {"Cuba", {4, 0, 4}},
                                                               {"Latvia", {6, 0, 8}},
                                                               {"Mali", {4, 4, 4}},
                                                               {"Chile", {5, 1, 5}}};
  NamesSpec spec = ThreeLanguages();
  spec.held_out_names = 4;
  const NameRows rows = *MakeNameRows(*ReadNames(Things(), spec), spec, 1);
  std::array<int64_t, 3> expected = {};
  for (const DatasetRow& row : rows.validation) {
    const auto& of_row = edits.at(EnglishText(row, rows.symbols));
    for (size_t i = 0; i < 3; ++i) expected.at(i) += of_row.at(i);
  }
  const std::vector<Copy> copies = ScoreCopies(rows, spec.languages);
  for (size_t i = 0; i < 3; ++i) {
    std::vector<results::MetricValue> values;
    copies[i].answers.AppendTo("", values);
    const auto found = std::find_if(values.begin(), values.end(), [](const auto& value) {
      return value.key.Path() == "answer_edits";
    });
    ASSERT_NE(found, values.end());
    EXPECT_EQ(found->value, static_cast<double>(expected.at(i)) / 4) << copies[i].of;
  }
}

}  // namespace
}  // namespace bench::harness
