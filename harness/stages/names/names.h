// Names of things in several languages, from the records of gettext catalogues
// (harness/data/source.h).
//
// A record gives a pair of an English name and a name for each language that it has a translation
// in. Texts are in NFC, without white space at both ends. Pairs that are left out, each for the
// first reason that holds:
//   reserved      a text is empty, or has a control character or one of "<", ">", "=" and U+2581,
//                 which rows and their tokenizer use
//   long          a text has more than max_characters code points
//   untranslated  the name is the English one
//   ambiguous     the language has several names for the English one
//   repeated      the same pair once more
// What is kept and what is left out add up to the translations of the records. The result is a
// function of the set of records, whatever their order.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/data/source.h"
#include "harness/definition/names_spec.h"

namespace bench::harness {

enum class NameDrop { kReserved, kLong, kUntranslated, kAmbiguous, kRepeated };
constexpr std::array<std::string_view, 5> EnumNames(NameDrop) {
  return {"reserved", "long", "untranslated", "ambiguous", "repeated"};
}

struct Names {
  // English name -> language -> name.
  std::map<std::string, std::map<std::string, std::string>> by_english;
  // Language -> number of pairs by NameDrop.
  std::map<std::string, std::array<int64_t, EnumNames(NameDrop{}).size()>> left_out;
};

// Of `languages` and `vocabulary_languages`. DataError where one of them has no name, or a text is
// no UTF-8.
absl::StatusOr<Names> ReadNames(const std::vector<CatalogueRecord>& records, const NamesSpec& spec);

}  // namespace bench::harness
