// Gopher's quality rules: heuristics that natural prose meets and menus, tables, code and word
// lists do not.
//
// Words are those of the spans (text_spans.h, or datatrove_text.h); "per word" ratios and the share
// of alphabetic words count all words, symbols too, as datatrove does; word counts and mean lengths
// leave symbols out. A document is kept when every bound, itself included, is met.
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

#include "harness/corpus/text_spans.h"
#include "harness/definition/corpus_filters.h"

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

using harness::GopherQualityParameters;
using harness::GopherQualityPreset;

// The first rule, in the order above, that removes the document; nullopt keeps it.
std::optional<GopherQualityRule> CheckGopherQuality(const TextSpans& spans,
                                                    const GopherQualityParameters& parameters);

}  // namespace bench::corpus
