#include "harness/definition/corpus_filters.h"

#include "absl/strings/str_cat.h"

namespace bench::harness {
namespace {

constexpr double kMaxCount = 1e9;

// The keys of the n-gram shares, n = 2..4 and n = 5..10.
constexpr std::array<std::string_view, 3> kTopKeys = {"max_top_2gram_character_share",
                                                      "max_top_3gram_character_share",
                                                      "max_top_4gram_character_share"};
constexpr std::array<std::string_view, 6> kDuplicatedKeys = {
    "max_duplicated_5gram_character_share", "max_duplicated_6gram_character_share",
    "max_duplicated_7gram_character_share", "max_duplicated_8gram_character_share",
    "max_duplicated_9gram_character_share", "max_duplicated_10gram_character_share"};

void Share(FieldList& fields, std::string_view key, double& member, std::string_view doc) {
  fields.Leaf(key, member, {.doc = doc, .bounds = Between(0, 1)});
}

void Count(FieldList& fields, std::string_view key, int64_t& member, std::string_view doc) {
  fields.Leaf(key, member, {.doc = doc, .bounds = Between(0, kMaxCount)});
}

void ValidateRanges(const GopherQualityParameters& spec, const Violations& violations) {
  if (spec.min_words > spec.max_words) {
    violations.Add("min_words",
                   absl::StrCat(spec.min_words, " is more than max_words ", spec.max_words));
  }
  if (spec.min_mean_word_characters > spec.max_mean_word_characters) {
    violations.Add("min_mean_word_characters", "is more than max_mean_word_characters");
  }
  if (spec.min_stop_words > static_cast<int64_t>(spec.stop_words.size())) {
    violations.Add("min_stop_words", absl::StrCat(spec.min_stop_words, " of ",
                                                  spec.stop_words.size(), " stop_words"));
  }
}

}  // namespace

PerWritingSystem<GopherQualityParameters> GopherQualityPreset() {
  PerWritingSystem<GopherQualityParameters> preset;
  preset.unspaced.min_mean_word_characters = 1.1;
  preset.unspaced.max_mean_word_characters = 5;
  preset.unspaced.stop_words = {"的", "是", "在", "和", "了", "有", "不", "与"};
  return preset;
}

PerWritingSystem<C4Parameters> C4Preset() {
  PerWritingSystem<C4Parameters> preset;
  auto& endings = preset.unspaced.terminal_punctuation;
  endings.insert(endings.end(), {"。", "！", "？", "．", "”", "’", "」", "』"});
  auto& phrases = preset.unspaced.policy_phrases;
  phrases.insert(phrases.end(), {"使用条款", "服务条款", "隐私政策", "cookie 政策", "cookie政策",
                                 "使用 cookie", "使用cookie"});
  return preset;
}

PerWritingSystem<C4Parameters> C4WithoutTerminalPreset() {
  PerWritingSystem<C4Parameters> preset = C4Preset();
  preset.spaced.require_terminal_punctuation = false;
  preset.unspaced.require_terminal_punctuation = false;
  return preset;
}

PerWritingSystem<FineWebParameters> FineWebPreset() {
  PerWritingSystem<FineWebParameters> preset;
  preset.unspaced.short_line_characters = 10;
  return preset;
}

void Describe(GopherQualityParameters& spec, FieldList& fields) {
  Count(fields, "min_words", spec.min_words, "fewest words, symbols not counted");
  Count(fields, "max_words", spec.max_words, "most words, symbols not counted");
  fields.Leaf(
      "min_mean_word_characters", spec.min_mean_word_characters,
      {.doc = "least mean length of words", .units = "characters", .bounds = Between(0, 1e4)});
  fields.Leaf(
      "max_mean_word_characters", spec.max_mean_word_characters,
      {.doc = "greatest mean length of words", .units = "characters", .bounds = Between(0, 1e4)});
  Share(fields, "max_hashes_per_word", spec.max_hashes_per_word, "most '#' a word");
  Share(fields, "max_ellipses_per_word", spec.max_ellipses_per_word, "most ellipses a word");
  Share(fields, "max_bullet_lines", spec.max_bullet_lines,
        "greatest share of lines that begin with a bullet");
  Share(fields, "max_ellipsis_lines", spec.max_ellipsis_lines,
        "greatest share of lines that end in an ellipsis");
  Share(fields, "min_alphabetic_words", spec.min_alphabetic_words,
        "least share of words with a letter");
  Count(fields, "min_stop_words", spec.min_stop_words, "fewest different stop words");
  fields.Leaf("stop_words", spec.stop_words, {.doc = "as written, in lower case"});
}

void Describe(GopherRepetitionParameters& spec, FieldList& fields) {
  Share(fields, "max_duplicate_paragraph_share", spec.max_duplicate_paragraphs,
        "greatest share of paragraphs that repeat another");
  Share(fields, "max_duplicate_paragraph_character_share", spec.max_duplicate_paragraph_characters,
        "greatest share of characters in such");
  Share(fields, "max_duplicate_line_share", spec.max_duplicate_lines,
        "greatest share of lines that repeat another");
  Share(fields, "max_duplicate_line_character_share", spec.max_duplicate_line_characters,
        "greatest share of characters in such");
  for (size_t i = 0; i < kTopKeys.size(); ++i) {
    Share(fields, kTopKeys[i], spec.max_top_ngram_characters[i],
          "greatest share of characters in the most frequent n-gram");
  }
  for (size_t i = 0; i < kDuplicatedKeys.size(); ++i) {
    Share(fields, kDuplicatedKeys[i], spec.max_duplicated_ngram_characters[i],
          "greatest share of characters in n-grams that occurred before");
  }
}

void Describe(C4Parameters& spec, FieldList& fields) {
  fields.Leaf("max_word_characters", spec.max_word_characters,
              {.doc = "a longer word drops its line",
               .units = "characters",
               .bounds = Between(0, kMaxCount)});
  fields.Leaf("remove_citations", spec.remove_citations, {.doc = "[12], [edit] are cut"});
  fields.Leaf("require_terminal_punctuation", spec.require_terminal_punctuation,
              {.doc = "a line without is dropped; C4: true, FineWeb: false"});
  Count(fields, "min_words_per_line", spec.min_words_per_line, "fewer drop the line");
  Count(fields, "min_sentences", spec.min_sentences, "fewer remove the document");
  fields.Leaf("remove_lorem_ipsum", spec.remove_lorem_ipsum,
              {.doc = "\"lorem ipsum\" removes the document"});
  fields.Leaf("remove_curly_bracket", spec.remove_curly_bracket,
              {.doc = "\"{\" removes the document"});
  fields.Leaf("drop_javascript", spec.drop_javascript, {.doc = "\"javascript\" drops the line"});
  fields.Leaf("terminal_punctuation", spec.terminal_punctuation, {.doc = "what a line ends with"});
  fields.Leaf("policy_phrases", spec.policy_phrases,
              {.doc = "in lower case; each drops the line that contains it"});
}

void Describe(FineWebParameters& spec, FieldList& fields) {
  Share(fields, "min_line_punctuation", spec.min_line_punctuation,
        "a smaller share of lines that end in punctuation removes the document");
  Share(fields, "max_short_lines", spec.max_short_lines,
        "a greater share of short lines removes the document");
  fields.Leaf("short_line_characters", spec.short_line_characters,
              {.doc = "a line is short up to so many",
               .units = "characters",
               .bounds = Between(0, kMaxCount)});
  Share(fields, "duplicate_line_character_share", spec.duplicate_line_characters,
        "such a share of characters in lines that repeat removes the document; paper: 0.1, code: "
        "0.01");
  fields.Leaf("max_newlines_per_word", spec.max_newlines_per_word,
              {.doc = "more remove the document", .bounds = Between(0, 1e4)});
}

void Validate(const FilterSpec<GopherQualityParameters>& spec, const Violations& violations) {
  ValidateRanges(spec.parameters.spaced, violations.In("spaced"));
  ValidateRanges(spec.parameters.unspaced, violations.In("unspaced"));
}

}  // namespace bench::harness
