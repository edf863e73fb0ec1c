// The set of shingles of a text: hashes of its n-grams after everything that copies of a text tend
// to differ in is taken away.
//
// Normalisation: lower case; canonical decomposition without non-spacing marks (diacritics); a
// number (digits, and one '.' or ',' with digits) becomes "0"; whatever is no letter, digit or mark
// separates words. Words are joined by one space. Characters of scripts without spaces are words of
// their own, joined by nothing to each other. A shingle is XXH3-64 of an n-gram's normalised bytes.
// n is `ngram_words`, or `ngram_characters` when more than half of the words are such characters (8
// characters are about 5 Chinese words). A text with fewer than n words has no shingles.
//
// Source: data-processing rules of FineWeb (arXiv 2406.17557, appendix), after Lee et al. 2021.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/definition/corpus_steps.h"

namespace bench::corpus {

using harness::ShingleParameters;

// Memory kept between documents; one per thread.
class Shingler {
 public:
  // In text order, repeats included; valid until the next call. `text` is valid UTF-8.
  const std::vector<uint64_t>& Shingles(std::string_view text, const ShingleParameters& parameters);

  // Whether the last text counts as one without spaces, whose shingles are of characters.
  bool is_unspaced() const { return 2 * num_unspaced_ > static_cast<int64_t>(words_.size()); }

  // The normalised text; valid until the next call.
  const std::string& Normalize(std::string_view text);

 private:
  struct Span {
    uint32_t begin, end;
  };
  void TakeCharacter(std::string_view text, size_t& i);
  void TakeNumber(std::string_view text, size_t& i);
  void AppendToWord(char32_t c);
  void AddUnspaced(char32_t c);
  void EndWord();

  std::string normalized_;
  std::vector<Span> words_;
  int64_t num_unspaced_ = 0;
  size_t word_begin_ = 0;
  bool in_word_ = false;
  bool after_unspaced_ = false;  // the last word is a character of an unspaced script
  std::vector<uint64_t> shingles_;
};

}  // namespace bench::corpus
