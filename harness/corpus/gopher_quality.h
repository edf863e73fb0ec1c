// Gopher's quality rules: heuristics that natural prose meets and menus, tables, code and word
// lists do not.
//
// Words are those of text_spans.h; "per word" ratios and the share of alphabetic words count all
// words, symbols too, as datatrove does; word counts and mean lengths leave symbols out. A document
// is kept when every bound, itself included, is met.
//
// Text without spaces: words are ICU's dictionary words, of about 1.6 characters in Chinese prose
// (4.7 in English) and more where Latin words are mixed in, so the bounds on the mean are 1.1 and
// 5; the stop words are the most frequent function words of Chinese. The other bounds are ratios of
// words or lines and stay.
//
// Source: Rae et al. 2021, "Scaling Language Models: ... Gopher" (arXiv 2112.11446), appendix A1.1;
// FineWeb (arXiv 2406.17557). Stop words are matched as written, in lower case.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/corpus/writing_system.h"

namespace bench::corpus {

enum class GopherQualityRule : uint8_t {
  kTooFewWords,
  kTooManyWords,
  kMeanWordTooShort,
  kMeanWordTooLong,
  kHashesPerWord,
  kEllipsesPerWord,
  kBulletLines,
  kEllipsisLines,
  kAlphabeticWords,
  kStopWords,
};
std::string_view Name(GopherQualityRule rule);

struct GopherQualityParameters {
  int64_t min_words = 50;  // symbols not counted
  int64_t max_words = 100'000;
  double min_mean_word_characters = 3;
  double max_mean_word_characters = 10;
  double max_hashes_per_word = 0.1;    // '#'
  double max_ellipses_per_word = 0.1;  // "..." or U+2026
  double max_bullet_lines = 0.9;       // share of lines that begin with U+2022 or '-'
  double max_ellipsis_lines = 0.3;     // share of lines that end in an ellipsis
  double min_alphabetic_words = 0.8;   // share of words with a letter
  int64_t min_stop_words = 2;          // distinct
  std::vector<std::string> stop_words = {"the", "be", "to", "of", "and", "that", "have", "with"};
};

PerWritingSystem<GopherQualityParameters> GopherQualityPreset();

// The first rule, in the order above, that removes the document; nullopt keeps it.
std::optional<GopherQualityRule> CheckGopherQuality(const TextSpans& spans,
                                                    const GopherQualityParameters& parameters);

}  // namespace bench::corpus
