// Gopher's repetition rules: documents that say the same thing again and again.
//
// All shares are of the text's characters (code points) or of its lines and paragraphs:
// - an item is a duplicate when an equal one stands before it; paragraphs are separated by empty
//   lines, empty lines are no items;
// - top n-gram: occurrences of the most frequent n-gram x its length, words joined by one space;
// - duplicated n-grams: characters of n-grams that occurred before, counted without overlap from
//   left to right, words joined by nothing.
// A share equal to its bound is kept. Text without spaces: ICU's dictionary words, joined by
// nothing in both; the bounds are shares of characters, so they stay.
//
// As datatrove applies them (FilterPreset::kDatatrove): duplicated n-grams are equal when their
// words joined by nothing are ("a bc" repeats "ab c"; the paper's n-grams are sequences of words),
// and the first paragraph is compared without its indentation.
//
// Source: Rae et al. 2021 (arXiv 2112.11446), table A1. Equality is that of 64-bit hashes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/corpus/hash_counter.h"
#include "harness/corpus/text_spans.h"
#include "harness/definition/corpus_filters.h"

namespace bench::corpus {

enum class GopherRepetitionRule : uint8_t {
  kDuplicateParagraphs,
  kDuplicateParagraphCharacters,
  kDuplicateLines,
  kDuplicateLineCharacters,
  kTop2Gram,
  kTop3Gram,
  kTop4Gram,
  kDuplicated5Grams,
  kDuplicated6Grams,
  kDuplicated7Grams,
  kDuplicated8Grams,
  kDuplicated9Grams,
  kDuplicated10Grams,
};
std::string_view Name(GopherRepetitionRule rule);

using harness::FilterPreset;
using harness::GopherRepetitionParameters;

// Memory kept between documents; one per thread.
struct RepetitionScratch {
  HashCounter counter;
  std::vector<uint64_t> word_hashes;
  std::vector<uint64_t> ngram_hashes;
  std::vector<uint32_t> characters_before;  // of word i, white space left out; one more than words
  std::string joined;                       // words, for datatrove's n-grams
  std::vector<uint32_t> bytes_before;       // of word i in `joined`; one more than words
};

// The first rule, in the order above, that removes the document; nullopt keeps it.
std::optional<GopherRepetitionRule> CheckGopherRepetition(
    const TextSpans& spans, const GopherRepetitionParameters& parameters,
    RepetitionScratch& scratch, FilterPreset preset = FilterPreset::kPublished);

}  // namespace bench::corpus
