#include "harness/stages/names/names.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/corpus/unicode_text.h"
#include "harness/text/text.h"

namespace bench::harness {
namespace {

// English name -> language -> name -> how often.
using NameCounts = std::map<std::string, std::map<std::string, std::map<std::string, int64_t>>>;

absl::StatusOr<std::string> Cleaned(const std::string& text) {
  BENCH_ASSIGN_OR_RETURN(const std::string normal, corpus::NormalizeText(text));
  return TrimWhitespace(normal);
}

// U+2581 is SentencePiece's mark for a space.
bool IsReserved(const std::string& text) {
  constexpr std::u32string_view kReserved = U"<>=\u2581";
  const std::u32string characters = CodePoints(text);
  return text.empty() || HasControlCharacter(text) ||
         characters.find_first_of(kReserved) != std::u32string::npos;
}

std::optional<NameDrop> ReasonAgainst(const std::string& english, const std::string& name,
                                      const NamesSpec& spec) {
  if (IsReserved(english) || IsReserved(name)) return NameDrop::kReserved;
  if (std::max(NumCharacters(english), NumCharacters(name)) > spec.max_characters) {
    return NameDrop::kLong;
  }
  if (spec.untranslated == Untranslated::kLeftOut && name == english) {
    return NameDrop::kUntranslated;
  }
  return std::nullopt;
}

class Reader {
 public:
  explicit Reader(const NamesSpec& spec) : spec_(spec) {
    for (const auto* list : {&spec.languages, &spec.vocabulary_languages}) {
      for (const std::string& language : *list) names_.left_out[language] = {};
    }
  }

  absl::Status Add(const CatalogueRecord& record) {
    BENCH_ASSIGN_OR_RETURN(const std::string english, Cleaned(record.english));
    for (const auto& [language, text] : record.translations) {
      if (!names_.left_out.contains(language)) continue;
      BENCH_ASSIGN_OR_RETURN(const std::string name, Cleaned(text));
      if (const std::optional<NameDrop> reason = ReasonAgainst(english, name, spec_)) {
        LeaveOut(language, *reason, 1);
      } else {
        ++counts_[english][language][name];
      }
    }
    return absl::OkStatus();
  }

  Names Finish() {
    for (const auto& [english, languages] : counts_) {
      for (const auto& [language, names] : languages) Keep(english, language, names);
    }
    return std::move(names_);
  }

 private:
  void Keep(const std::string& english, const std::string& language,
            const std::map<std::string, int64_t>& names) {
    if (names.size() == 1) {
      names_.by_english[english][language] = names.begin()->first;
      LeaveOut(language, NameDrop::kRepeated, names.begin()->second - 1);
      return;
    }
    for (const auto& [name, count] : names) LeaveOut(language, NameDrop::kAmbiguous, count);
  }

  void LeaveOut(const std::string& language, NameDrop reason, int64_t count) {
    names_.left_out.at(language).at(static_cast<size_t>(reason)) += count;
  }

  const NamesSpec& spec_;
  NameCounts counts_;
  Names names_;
};

}  // namespace

absl::StatusOr<Names> ReadNames(const std::vector<CatalogueRecord>& records,
                                const NamesSpec& spec) {
  Reader reader(spec);
  for (const CatalogueRecord& record : records) {
    if (const absl::Status status = reader.Add(record); !status.ok()) {
      return Annotate(status, absl::StrCat("the message \"", record.english, "\""));
    }
  }
  Names names = reader.Finish();
  std::set<std::string> with_names;
  for (const auto& [english, languages] : names.by_english) {
    for (const auto& [language, name] : languages) with_names.insert(language);
  }
  for (const auto& [language, counts] : names.left_out) {
    if (with_names.contains(language)) continue;
    return DataError(absl::StrCat("names.languages: the sources have no name in \"", language,
                                  "\" that can be used"));
  }
  return names;
}

}  // namespace bench::harness
