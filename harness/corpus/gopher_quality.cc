#include "harness/corpus/gopher_quality.h"

#include <array>

namespace bench::corpus {
namespace {

constexpr std::string_view kEllipsis = "\xE2\x80\xA6";
constexpr std::string_view kBullet = "\xE2\x80\xA2";

constexpr std::array<std::string_view, 10> kNames = {
    "too_few_words",    "too_many_words",    "mean_word_too_short", "mean_word_too_long",
    "hashes_per_word",  "ellipses_per_word", "bullet_lines",        "ellipsis_lines",
    "alphabetic_words", "stop_words"};

struct Counts {
  int64_t non_symbol_characters = 0;
  int64_t alphabetic_words = 0;
};

Counts CountWords(const TextSpans& spans) {
  Counts counts;
  for (const Word& word : spans.words) {
    if (word.IsSymbol()) continue;
    counts.non_symbol_characters += word.num_characters;
    counts.alphabetic_words += word.HasLetter();
  }
  return counts;
}

// Occurrences that do not overlap.
int64_t Count(std::string_view text, std::string_view item) {
  int64_t count = 0;
  for (size_t i = 0; (i = text.find(item, i)) != std::string_view::npos; i += item.size()) ++count;
  return count;
}

bool BeginsWithBullet(const TextSpans& spans, const Line& line) {
  if (line.begin_word == line.end_word) return false;
  const std::string_view first = spans.words[line.begin_word].text;
  return first[0] == '-' || first.starts_with(kBullet);
}

bool EndsInEllipsis(const TextSpans& spans, const Line& line) {
  if (line.begin_word == line.end_word) return false;
  const std::string_view last = spans.words[line.end_word - 1].text;
  const char* const begin = line.text.data();
  const std::string_view text(begin, static_cast<size_t>(last.data() + last.size() - begin));
  return text.ends_with("...") || text.ends_with(kEllipsis);
}

template <typename Predicate>
double ShareOfLines(const TextSpans& spans, Predicate predicate) {
  int64_t count = 0;
  for (const Line& line : spans.lines) count += predicate(spans, line);
  return static_cast<double>(count) / static_cast<double>(spans.lines.size());
}

bool HasStopWords(const TextSpans& spans, const GopherQualityParameters& parameters) {
  const size_t num_stop_words = parameters.stop_words.size();
  std::vector<bool> seen(num_stop_words);
  int64_t num_seen = 0;
  for (const Word& word : spans.words) {
    for (size_t i = 0; i < num_stop_words; ++i) {
      if (seen[i] || word.text != parameters.stop_words[i]) continue;
      seen[i] = true;
      ++num_seen;
    }
    if (num_seen >= parameters.min_stop_words) return true;
  }
  return num_seen >= parameters.min_stop_words;
}

}  // namespace

std::string_view Name(GopherQualityRule rule) { return kNames[static_cast<size_t>(rule)]; }

std::optional<GopherQualityRule> CheckGopherQuality(const TextSpans& spans,
                                                    const GopherQualityParameters& parameters) {
  using enum GopherQualityRule;
  const int64_t num_words = spans.num_non_symbol_words;
  if (num_words < parameters.min_words || num_words == 0) return kTooFewWords;
  if (num_words > parameters.max_words) return kTooManyWords;
  const Counts counts = CountWords(spans);
  const double mean =
      static_cast<double>(counts.non_symbol_characters) / static_cast<double>(num_words);
  if (mean < parameters.min_mean_word_characters) return kMeanWordTooShort;
  if (mean > parameters.max_mean_word_characters) return kMeanWordTooLong;
  const auto per_word = [&](int64_t count) {
    return static_cast<double>(count) / static_cast<double>(spans.words.size());
  };
  if (per_word(Count(spans.text, "#")) > parameters.max_hashes_per_word) return kHashesPerWord;
  const int64_t num_ellipses = Count(spans.text, "...") + Count(spans.text, kEllipsis);
  if (per_word(num_ellipses) > parameters.max_ellipses_per_word) return kEllipsesPerWord;
  if (ShareOfLines(spans, BeginsWithBullet) > parameters.max_bullet_lines) return kBulletLines;
  if (ShareOfLines(spans, EndsInEllipsis) > parameters.max_ellipsis_lines) return kEllipsisLines;
  if (per_word(counts.alphabetic_words) < parameters.min_alphabetic_words) return kAlphabeticWords;
  if (!HasStopWords(spans, parameters)) return kStopWords;
  return std::nullopt;
}

}  // namespace bench::corpus
