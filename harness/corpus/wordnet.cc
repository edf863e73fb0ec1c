#include "harness/corpus/wordnet.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/status.h"

namespace bench::corpus {
namespace {

constexpr size_t kFirstWord = 4;  // fields before the words

std::string PlainWord(absl::string_view field) {
  std::string word(field.substr(0, field.find('(')));
  std::replace(word.begin(), word.end(), '_', ' ');
  return word;
}

std::optional<std::string> Definition(absl::string_view line) {
  const size_t bar = line.find(" | ");
  if (bar == absl::string_view::npos) return std::nullopt;
  const std::vector<absl::string_view> fields =
      absl::StrSplit(line.substr(0, bar), ' ', absl::SkipEmpty());
  uint32_t num_words = 0;
  if (fields.size() <= kFirstWord || !absl::SimpleHexAtoi(fields[kFirstWord - 1], &num_words) ||
      num_words == 0 || fields.size() < kFirstWord + 2 * size_t{num_words}) {
    return std::nullopt;
  }
  std::vector<std::string> words;
  for (size_t i = 0; i < num_words; ++i) words.push_back(PlainWord(fields[kFirstWord + 2 * i]));
  const absl::string_view gloss = absl::StripAsciiWhitespace(line.substr(bar + 3));
  if (gloss.empty()) return std::nullopt;
  const bool ends = absl::EndsWith(gloss, ".") || absl::EndsWith(gloss, "?");
  return absl::StrCat(absl::StrJoin(words, ", "), ": ", gloss, ends ? "" : ".");
}

}  // namespace

absl::StatusOr<std::vector<std::string>> WordNetDefinitions(std::string_view bytes) {
  std::vector<std::string> definitions;
  int64_t number = 0;
  const absl::string_view text(bytes.data(), bytes.size());
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    if (line.empty() || absl::StartsWith(line, "  ")) continue;
    auto definition = Definition(line);
    if (!definition) return DataError(absl::StrCat("line ", number, " is no WordNet synset"));
    definitions.push_back(*std::move(definition));
  }
  return definitions;
}

}  // namespace bench::corpus
