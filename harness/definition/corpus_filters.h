// The parameters of the filters of a corpus, each with its published preset as defaults. What the
// rules are, and where they come from, is in harness/corpus/<name>.h.
//
// Each filter has parameters for text with spaces between words, and others for text without
// (Chinese, Japanese, Thai ...), whose words are those of ICU's dictionary.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/definition/field.h"
#include "harness/definition/violations.h"
#include "harness/definition/writing_system.h"

namespace bench::harness {

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

struct GopherRepetitionParameters {
  double max_duplicate_paragraphs = 0.30;
  double max_duplicate_paragraph_characters = 0.20;
  double max_duplicate_lines = 0.30;
  double max_duplicate_line_characters = 0.20;
  std::array<double, 3> max_top_ngram_characters = {0.20, 0.18, 0.16};  // n = 2..4
  std::array<double, 6> max_duplicated_ngram_characters = {0.15, 0.14, 0.13,
                                                           0.12, 0.11, 0.10};  // n = 5..10
};

struct C4Parameters {
  int64_t max_word_characters = 1000;
  bool remove_citations = true;
  bool require_terminal_punctuation = true;
  int64_t min_words_per_line = 3;
  int64_t min_sentences = 5;
  bool remove_lorem_ipsum = true;
  bool remove_curly_bracket = true;
  bool drop_javascript = true;
  // Lower case; what a line ends with, and what it must not contain.
  std::vector<std::string> terminal_punctuation = {".", "!", "?", "\"", "'"};
  std::vector<std::string> policy_phrases = {"terms of use", "privacy policy", "cookie policy",
                                             "uses cookies", "use of cookies", "use cookies"};
};
PerWritingSystem<C4Parameters> C4Preset();
// As FineWeb uses it: without the rule of terminal punctuation.
PerWritingSystem<C4Parameters> C4WithoutTerminalPreset();

struct FineWebParameters {
  double min_line_punctuation = 0.12;  // removed below
  double max_short_lines = 0.67;       // removed above
  int64_t short_line_characters = 30;
  double duplicate_line_characters = 0.1;  // removed from here on
  double max_newlines_per_word = 0.3;      // removed above
};
PerWritingSystem<FineWebParameters> FineWebPreset();

// Published: the filter is applied, with the parameters of its publication unless they are set.
// Datatrove: the same parameters, those of text with spaces for every text, and words, sentences
// and rules as datatrove 0.10 applies them to English: the same verdict on every document.
enum class FilterPreset { kPublished, kNone, kDatatrove };
constexpr std::array<std::string_view, 3> EnumNames(FilterPreset) {
  return {"published", "none", "datatrove"};
}

template <typename Parameters>
struct FilterSpec {
  FilterPreset preset = FilterPreset::kPublished;
  PerWritingSystem<Parameters> parameters;
};

void Describe(GopherQualityParameters& spec, FieldList& fields);
void Describe(GopherRepetitionParameters& spec, FieldList& fields);
void Describe(C4Parameters& spec, FieldList& fields);
void Describe(FineWebParameters& spec, FieldList& fields);

template <typename Parameters>
void Describe(FilterSpec<Parameters>& spec, FieldList& fields) {
  fields.Leaf("preset", spec.preset,
              {.doc = "none: the filter is left out; datatrove: words and rules as in "
                      "datatrove 0.10, for English"});
  fields.Table("spaced", spec.parameters.spaced, "for text with spaces between words");
  fields.Table("unspaced", spec.parameters.unspaced, "for text without, such as Chinese");
}

void Validate(const FilterSpec<GopherQualityParameters>& spec, const Violations& violations);

}  // namespace bench::harness
