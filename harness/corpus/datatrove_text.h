// English text as datatrove's filters and near-deduplication see it: spaCy's words and sentences
// (spacy_english.h), datatrove's sets of punctuation, and its form for comparing documents.
//
// Source: datatrove 0.10, utils/text.py (PUNCTUATION, TERMINAL_PUNCTUATION, simplify_text).
#pragma once

#include <string>
#include <string_view>

#include "harness/corpus/spacy_english.h"
#include "harness/corpus/text_spans.h"

namespace bench::corpus {

// One per thread.
class DatatroveSegmenter {
 public:
  // Words: a symbol is one whose characters are all punctuation to datatrove ("$" and "_" are
  // symbols, the copyright and degree signs are not), an alphabetic one has a letter (Unicode L).
  // Lines as those of Segmenter. The writing system is always the one with spaces. Valid until the
  // next call and while `text` lives.
  const TextSpans& Segment(std::string_view text);

  int64_t CountSentences(std::string_view text) { return english_.CountSentences(text); }

 private:
  void AddLine(size_t begin, size_t end);
  SpacyEnglish english_;
  TextSpans spans_;
};

// Whether `line` ends in a character of datatrove's TERMINAL_PUNCTUATION, white space included.
bool EndsInDatatroveTerminal(std::string_view line);

// Lower case; a number (digits, and one decimal separator with digits) is "0"; datatrove's
// PUNCTUATION becomes spaces; white space one space; canonical decomposition without non-spacing
// marks. The text in which shingles are found.
std::string SimplifiedText(std::string_view text);

}  // namespace bench::corpus
