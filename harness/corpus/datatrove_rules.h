// The tables that the preset "datatrove" follows: spaCy's English tokenizer and sentence splitter,
// and datatrove's sets of characters. scripts/make_datatrove_rules.py writes the values.
//
// Patterns and sets are ICU's; {0}, {1} and {2} in a pattern stand for the members of kSpacySets:
// letters, lower-case letters and upper-case letters, each with those of scripts without case.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace bench::corpus {

inline constexpr size_t kNumSpacySets = 3;
extern const std::array<std::string_view, kNumSpacySets> kSpacySets;

extern const std::string_view kSpacyPrefix;
extern const std::string_view kSpacySuffix;
extern const std::string_view kSpacyInfix;
extern const std::string_view kSpacyUrl;

// Words that are split by list, parted by ' '; the pieces of one are parted by '~'.
extern const std::string_view kSpacySpecialCases;

// Sets of characters, as ICU's UnicodeSet reads them.
extern const std::string_view kSpacySentenceEnds;
extern const std::string_view kDatatrovePunctuation;
extern const std::string_view kDatatroveTerminals;

}  // namespace bench::corpus
