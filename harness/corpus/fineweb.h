// FineWeb's own rules, applied after C4's: lists, menus and texts whose lines repeat.
//
// Over the lines that are not blank: those that end in terminal punctuation (Unicode's
// Sentence_Terminal) are fewer than 0.12; those of at most 30 characters are more than 0.67;
// characters in lines equal to an earlier one are 0.1 or more of all but newlines; and over the
// text: newlines per word (symbols count) exceed 0.3. Each removes the document, as does a text
// without any word.
//
// Text without spaces: a line is short up to 10 characters (30 characters are about 6 English
// words, 10 are about 6 Chinese ones); words are ICU's.
//
// As datatrove applies them (FilterPreset::kDatatrove): a line ends in one of datatrove's terminal
// characters, and one that ends in a space ends in none; the share of duplicate characters is to
// exceed its bound.
//
// Source: Penedo et al. 2024, "The FineWeb Datasets" (arXiv 2406.17557), section 3.6: 0.1 for
// duplicate lines is the paper's, its code has 0.01.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "harness/corpus/hash_counter.h"
#include "harness/corpus/text_spans.h"
#include "harness/definition/corpus_filters.h"

namespace bench::corpus {

enum class FineWebRule : uint8_t {
  kEmpty,
  kLinePunctuation,
  kShortLines,
  kDuplicateLineCharacters,
  kNewlinesPerWord,
};
std::string_view Name(FineWebRule rule);

using harness::FilterPreset;
using harness::FineWebParameters;
using harness::FineWebPreset;

// The first rule, in the order above, that removes the document; nullopt keeps it.
std::optional<FineWebRule> CheckFineWeb(const TextSpans& spans, const FineWebParameters& parameters,
                                        HashCounter& scratch,
                                        FilterPreset preset = FilterPreset::kPublished);

}  // namespace bench::corpus
