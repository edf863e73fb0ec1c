// The class of a character, as far as finding words and normalising for hashing need it: a table
// of the basic multilingual plane, filled from ICU's properties at first use.
#pragma once

#include <unicode/umachine.h>

#include <array>
#include <cstdint>

namespace bench::corpus {

enum class CharClass : uint8_t {
  kSpace,
  kNewline,
  kLetter,    // general category L, of a script with spaces
  kDigit,     // N
  kExtend,    // M, Cf and connector punctuation such as '_': part of the word before it
  kUnspaced,  // L, N of Han, kana and the scripts of line break class SA
  kSymbol,    // all else
};

// The class by ICU's properties, without the table.
CharClass ComputeCharClass(UChar32 c);

using CharClassTable = std::array<CharClass, 0x10000>;
const CharClassTable& BasicPlaneClasses();

inline CharClass ClassOf(const CharClassTable& table, UChar32 c) {
  return c < 0x10000 ? table[static_cast<size_t>(c)] : ComputeCharClass(c);
}

}  // namespace bench::corpus
