#include "harness/stages/names/name_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/generated/key_split.h"
#include "harness/generated/symbol_model.h"
#include "harness/tokenizers/tokenizer.h"
#include "tests/harness/stages/names/named_things.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

constexpr int64_t kSeed = 3;

NameRows Make(const NamesSpec& spec = ThreeLanguages(), int64_t base_seed = kSeed) {
  const auto names = ReadNames(Things(), spec);
  EXPECT_TRUE(names.ok()) << names.status();
  const auto rows = MakeNameRows(*names, spec, base_seed);
  EXPECT_TRUE(rows.ok()) << rows.status();
  return *rows;
}

// "<be>Poland=Польшча", without the begin and with "." for the end.
std::string TextOf(const DatasetRow& row, const std::vector<std::string>& symbols) {
  std::string text;
  for (const int64_t token : row.tokens) {
    if (token >= generated::kFirstSymbol) {
      absl::StrAppend(&text, symbols[static_cast<size_t>(token - generated::kFirstSymbol)]);
    } else if (token == generated::kEndToken) {
      text += ".";
    }
  }
  return text;
}

std::set<std::string> TextsOf(const std::vector<DatasetRow>& rows, const NameRows& of) {
  std::set<std::string> texts;
  for (const DatasetRow& row : rows) texts.insert(TextOf(row, of.symbols));
  EXPECT_EQ(texts.size(), rows.size());
  return texts;
}

// The two of the five names in "be" whose keys have the smallest hashes.
std::vector<std::string> HeldOut() {
  const generated::KeySplit split(kSeed, 0);
  std::vector<std::string> names = {"Poland", "Cuba", "Latvia", "Mali", "Chile"};
  std::sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
    return split.Hash(a) < split.Hash(b);
  });
  names.resize(2);
  return names;
}

TEST(NameRows, AskForTheAnswerAndItsEnd) {
  const NameRows rows = Make();
  for (const DatasetRow& row : rows.train) {
    if (TextOf(row, rows.symbols) != "<uk>Peru=Перу.") continue;
    EXPECT_EQ(row.tokens.size(), 1U + 1 + 4 + 1 + 4 + 1);
    EXPECT_EQ(row.tokens.front(), generated::kBeginToken);
    for (size_t i = 0; i < row.marks.size(); ++i) {
      EXPECT_EQ(row.marks[i], i < 7 ? TokenMark::kGiven : TokenMark::kAnswer) << i;
    }
    EXPECT_EQ(row.group, 1);
    EXPECT_EQ(row.key, generated::KeySplit(kSeed, 0).Hash("Peru"));
    EXPECT_EQ(EnglishOf(row), std::vector<int64_t>(row.tokens.begin() + 2, row.tokens.begin() + 6));
    return;
  }
  FAIL() << "no such row";
}

TEST(NameRows, AreHeldOutOfTheFirstLanguageByTheirHashes) {
  const NameRows rows = Make();
  std::vector<uint64_t> keys;
  for (const DatasetRow& row : rows.validation) {
    EXPECT_EQ(row.group, 0);
    keys.push_back(row.key);
  }
  std::vector<uint64_t> expected;
  const generated::KeySplit split(kSeed, 0);
  for (const std::string& name : HeldOut()) expected.push_back(split.Hash(name));
  EXPECT_EQ(keys, expected);
  // Three of five in "be", all five in "uk", all three in "de".
  EXPECT_EQ(rows.train.size(), 3U + 5 + 3);
  for (const DatasetRow& row : rows.train) {
    if (row.group != 0) continue;
    EXPECT_EQ(std::count(keys.begin(), keys.end(), row.key), 0);
  }
}

TEST(NameRows, OtherLanguagesTrainOnHeldOutNamesOrNotOrAreAsked) {
  NamesSpec spec = ThreeLanguages();
  const NameRows trained = Make(spec);
  spec.held_out_elsewhere = HeldOutElsewhere::kLeftOut;
  const NameRows left_out = Make(spec);
  spec.held_out_elsewhere = HeldOutElsewhere::kAsked;
  const NameRows asked = Make(spec);
  const std::set<std::string> all = TextsOf(trained.train, trained);
  const std::set<std::string> rest = TextsOf(left_out.train, left_out);
  std::set<std::string> gone;
  std::set_difference(all.begin(), all.end(), rest.begin(), rest.end(),
                      std::inserter(gone, gone.end()));
  ASSERT_EQ(gone.size() + rest.size(), all.size());
  const std::vector<std::string> held_out = HeldOut();
  for (const std::string& text : gone) {
    EXPECT_TRUE(std::any_of(held_out.begin(), held_out.end(), [&](const std::string& name) {
      return text.find(absl::StrCat(">", name, "=")) != std::string::npos;
    })) << text;
  }
  // The first language is asked the same names in all.
  EXPECT_EQ(TextsOf(left_out.validation, left_out), TextsOf(trained.validation, trained));
  EXPECT_EQ(TextsOf(asked.train, asked), rest);
  std::set<std::string> questions = TextsOf(trained.validation, trained);
  questions.insert(gone.begin(), gone.end());
  EXPECT_EQ(TextsOf(asked.validation, asked), questions);
}

TEST(NameRows, AlternativesAreTheHeldOutNamesInEveryLanguage) {
  NamesSpec spec = ThreeLanguages();
  spec.held_out_elsewhere = HeldOutElsewhere::kLeftOut;
  const NameRows rows = Make(spec);
  const Names names = *ReadNames(Things(), spec);
  std::map<std::pair<uint64_t, int64_t>, std::string> expected;
  for (const std::string& english : HeldOut()) {
    for (size_t i = 0; i < spec.languages.size(); ++i) {
      const auto& by_language = names.by_english.at(english);
      const auto name = by_language.find(spec.languages[i]);
      if (name == by_language.end()) continue;
      expected[{generated::KeySplit(kSeed, 0).Hash(english), static_cast<int64_t>(i)}] =
          absl::StrCat(name->second, ".");
    }
  }
  std::map<std::pair<uint64_t, int64_t>, std::string> actual;
  for (const DatasetRow& row : rows.alternatives) {
    actual[{row.key, row.group}] = TextOf(row, rows.symbols);
    EXPECT_EQ(std::count(row.marks.begin(), row.marks.end(), TokenMark::kGiven), 1);
  }
  EXPECT_EQ(actual, expected);
}

// So that their models start from the same weights.
TEST(NameRows, DataSetsOfOneVocabularyHaveTheSameSymbols) {
  NamesSpec two = ThreeLanguages();
  two.languages = {"be", "de"};
  two.vocabulary_languages = {"uk"};
  NamesSpec alone = ThreeLanguages();
  alone.languages = {"be"};
  alone.vocabulary_languages = {"uk", "de"};
  const NameRows rows = Make();
  EXPECT_EQ(Make(two).symbols, rows.symbols);
  EXPECT_EQ(Make(alone).symbols, rows.symbols);
  EXPECT_EQ(TextsOf(Make(alone).validation, rows), TextsOf(rows.validation, rows));
  EXPECT_EQ(std::vector<std::string>(rows.symbols.begin(), rows.symbols.begin() + 4),
            (std::vector<std::string>{"<be>", "<de>", "<uk>", "="}));
  EXPECT_EQ(std::set<std::string>(rows.symbols.begin(), rows.symbols.end()).size(),
            rows.symbols.size());
}

TEST(NameRows, TextsAreReadAsTheSymbols) {
  const NameRows rows = Make();
  const Tokenizer tokenizer =
      *Tokenizer::FromModelBytes(generated::SymbolModel(rows.symbols), "symbols");
  for (const DatasetRow& row : rows.train) {
    const std::vector<int64_t> inner(row.tokens.begin() + 1, row.tokens.end() - 1);
    EXPECT_EQ(tokenizer.Encode(tokenizer.Decode(inner)), inner);
    EXPECT_EQ(absl::StrCat(tokenizer.Decode(inner), "."), TextOf(row, rows.symbols));
  }
}

TEST(NameRows, AnotherSeedHoldsOutOthers) {
  std::set<std::set<std::string>> held_out;
  for (int64_t seed = 0; seed < 8; ++seed) {
    const NameRows rows = Make(ThreeLanguages(), seed);
    held_out.insert(TextsOf(rows.validation, rows));
  }
  EXPECT_GT(held_out.size(), 1U);
}

TEST(NameRows, ANameMustBeLeftToTrainOn) {
  NamesSpec spec = ThreeLanguages();
  spec.held_out_names = 5;
  const auto names = ReadNames(Things(), spec);
  ASSERT_TRUE(names.ok()) << names.status();
  const absl::Status status = MakeNameRows(*names, spec, kSeed).status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage);
  EXPECT_THAT(std::string(status.message()), HasSubstr("5 leaves none of the 5 names in be"));
}

}  // namespace
}  // namespace bench::harness
