#include "harness/stages/names/name_rows.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/generated/key_split.h"
#include "harness/generated/symbol_model.h"
#include "harness/text/text.h"

namespace bench::harness {
namespace {

using generated::kBeginToken;
using generated::kEndToken;
using generated::kFirstSymbol;
using LanguageNames = std::map<std::string, std::string>;  // name by language

constexpr char kSeparator[] = "=";

std::string Utf8(char32_t character) {
  std::string text;
  AppendUtf8(character, text);
  return text;
}

std::string LanguageSymbol(const std::string& language) { return absl::StrCat("<", language, ">"); }

void AppendToken(int64_t token, TokenMark mark, DatasetRow& row) {
  row.tokens.push_back(token);
  row.marks.push_back(mark);
}

// The vocabulary, and texts in it.
class Alphabet {
 public:
  Alphabet(const Names& names, const NamesSpec& spec) {
    std::set<std::string> languages(spec.languages.begin(), spec.languages.end());
    languages.insert(spec.vocabulary_languages.begin(), spec.vocabulary_languages.end());
    for (const std::string& language : languages) AddSymbol(LanguageSymbol(language));
    AddSymbol(kSeparator);
    std::set<char32_t> characters;
    for (const auto& [english, by_language] : names.by_english) {
      Collect(english, characters);
      for (const auto& [language, name] : by_language) Collect(name, characters);
    }
    for (const char32_t character : characters) AddSymbol(Utf8(character));
  }

  const std::vector<std::string>& symbols() const { return symbols_; }

  void AppendSymbol(const std::string& symbol, TokenMark mark, DatasetRow& row) const {
    AppendToken(ids_.at(symbol), mark, row);
  }
  void AppendText(const std::string& text, TokenMark mark, DatasetRow& row) const {
    for (const char32_t character : CodePoints(text)) AppendSymbol(Utf8(character), mark, row);
  }

 private:
  static void Collect(const std::string& text, std::set<char32_t>& characters) {
    for (const char32_t character : CodePoints(text)) characters.insert(character);
  }
  void AddSymbol(const std::string& symbol) {
    ids_.emplace(symbol, kFirstSymbol + std::ssize(symbols_));
    symbols_.push_back(symbol);
  }

  std::vector<std::string> symbols_;
  std::map<std::string, int64_t> ids_;
};

class RowMaker {
 public:
  RowMaker(const Names& names, const NamesSpec& spec, int64_t base_seed)
      : names_(names), spec_(spec), split_(base_seed, 0), alphabet_(names, spec) {}

  absl::StatusOr<NameRows> Make() const {
    BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> held_out, HeldOut());
    NameRows rows;
    rows.symbols = alphabet_.symbols();
    AddTrain({held_out.begin(), held_out.end()}, rows);
    for (const std::string& english : held_out) AddHeldOut(english, rows);
    return rows;
  }

 private:
  // In the order of the hashes.
  absl::StatusOr<std::vector<std::string>> HeldOut() const {
    std::vector<std::pair<uint64_t, std::string>> keys;
    for (const auto& [english, by_language] : names_.by_english) {
      if (!by_language.contains(spec_.languages.front())) continue;
      keys.emplace_back(split_.Hash(english), english);
    }
    if (std::ssize(keys) <= spec_.held_out_names) {
      return UsageError(absl::StrCat("names.held_out_names: ", spec_.held_out_names,
                                     " leaves none of the ", keys.size(), " names in ",
                                     spec_.languages.front(), " to train on: lower it"));
    }
    std::sort(keys.begin(), keys.end());
    std::vector<std::string> held_out;
    for (int64_t i = 0; i < spec_.held_out_names; ++i) {
      held_out.push_back(std::move(keys[static_cast<size_t>(i)].second));
    }
    return held_out;
  }

  void AddTrain(const std::set<std::string>& held_out, NameRows& rows) const {
    for (size_t language = 0; language < spec_.languages.size(); ++language) {
      const bool has_held_out =
          language > 0 && spec_.held_out_elsewhere == HeldOutElsewhere::kTrained;
      for (const auto& [english, by_language] : names_.by_english) {
        const auto name = by_language.find(spec_.languages[language]);
        if (name == by_language.end()) continue;
        if (!has_held_out && held_out.contains(english)) continue;
        rows.train.push_back(Row(english, language, name->second));
      }
    }
  }

  void AddHeldOut(const std::string& english, NameRows& rows) const {
    const LanguageNames& by_language = names_.by_english.at(english);
    for (size_t language = 0; language < spec_.languages.size(); ++language) {
      const auto name = by_language.find(spec_.languages[language]);
      if (name == by_language.end()) continue;
      rows.alternatives.push_back(Answer(english, language, name->second));
      if (language > 0 && spec_.held_out_elsewhere != HeldOutElsewhere::kAsked) continue;
      rows.validation.push_back(Row(english, language, name->second));
    }
  }

  DatasetRow Row(const std::string& english, size_t language, const std::string& name) const {
    DatasetRow row = Begin(english, language);
    alphabet_.AppendSymbol(LanguageSymbol(spec_.languages[language]), TokenMark::kGiven, row);
    alphabet_.AppendText(english, TokenMark::kGiven, row);
    alphabet_.AppendSymbol(kSeparator, TokenMark::kGiven, row);
    End(name, row);
    return row;
  }
  DatasetRow Answer(const std::string& english, size_t language, const std::string& name) const {
    DatasetRow row = Begin(english, language);
    End(name, row);
    return row;
  }
  DatasetRow Begin(const std::string& english, size_t language) const {
    DatasetRow row;
    row.group = static_cast<int64_t>(language);
    row.key = split_.Hash(english);
    AppendToken(kBeginToken, TokenMark::kGiven, row);
    return row;
  }
  void End(const std::string& name, DatasetRow& row) const {
    alphabet_.AppendText(name, TokenMark::kAnswer, row);
    AppendToken(kEndToken, TokenMark::kAnswer, row);
  }

  const Names& names_;
  const NamesSpec& spec_;
  const generated::KeySplit split_;
  const Alphabet alphabet_;
};

}  // namespace

absl::StatusOr<NameRows> MakeNameRows(const Names& names, const NamesSpec& spec,
                                      int64_t base_seed) {
  return RowMaker(names, spec, base_seed).Make();
}

std::vector<int64_t> EnglishOf(const DatasetRow& row) {
  const auto answer = std::find(row.marks.begin(), row.marks.end(), TokenMark::kAnswer);
  const auto separator = row.tokens.begin() + (answer - row.marks.begin()) - 1;
  return {row.tokens.begin() + 2, separator};  // behind the begin and the language
}

}  // namespace bench::harness
