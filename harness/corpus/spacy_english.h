// The tokens of spaCy's rule-based English tokenizer, spacy.blank("en"), and the sentences of its
// sentencizer: what datatrove's filters take for words and sentences of English text.
//
// A run without white space is a special case (a word of a list), or is stripped of prefixes and
// suffixes (punctuation, quotes, currency, symbols, units after digits) until a special case or
// nothing is left to strip; the rest is one token if it is a URL, and is parted at infixes if not
// ("a-b", "word.Next"). Then runs of tokens that the affix rules alone make of a special case
// become its pieces wherever they stand ("foo:)"). White space is a token of its own beyond single
// spaces.
//
// Exact: equal to spaCy 3.8 token for token (compare_datatrove.py), with two reservations. Text
// is that of NormalizeText (unicode_text.h), which has no control characters; letters newer than
// Python's Unicode version may differ. datatrove also drops the word IS_ALPHA from a text in which
// spaCy fails, which depends on what spaCy has seen before; here it stays.
//
// Source: spaCy 3.8, spacy/tokenizer.pyx, spacy/pipeline/sentencizer.pyx.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace bench::corpus {

// Holds the compiled rules; one per thread.
class SpacyEnglish {
 public:
  SpacyEnglish();
  ~SpacyEnglish();
  SpacyEnglish(SpacyEnglish&&) noexcept;

  // Tokens that are not white space, as views into `text` (valid UTF-8, below 1 GiB); valid until
  // the next call. Some more than `max_words` of a text with more, which are then not all.
  const std::vector<std::string_view>& Words(std::string_view text, size_t max_words = SIZE_MAX);

  // Sentences, at least 1: a new one begins with the first token after a terminal that is no
  // punctuation.
  int64_t CountSentences(std::string_view text);

 private:
  class Rules;
  std::unique_ptr<Rules> rules_;
  std::vector<std::string_view> words_;
};

}  // namespace bench::corpus
