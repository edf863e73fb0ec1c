#include "harness/corpus/fineweb.h"

#include <xxhash.h>

#include <array>

#include "harness/corpus/datatrove_text.h"
#include "harness/corpus/sentences.h"

namespace bench::corpus {
namespace {

constexpr std::array<std::string_view, 5> kNames = {
    "empty", "line_punctuation", "short_lines", "duplicate_line_characters", "newlines_per_word"};

struct LineCounts {
  int64_t num_lines = 0;  // not blank
  int64_t terminal = 0;
  int64_t short_lines = 0;
  int64_t duplicate_characters = 0;
};

bool EndsInTerminal(const TextSpans& spans, const Line& line, FilterPreset preset) {
  return preset == FilterPreset::kDatatrove ? EndsInDatatroveTerminal(line.text)
                                            : EndsInTerminal(spans.words[line.end_word - 1]);
}

LineCounts CountLines(const TextSpans& spans, int64_t short_line, FilterPreset preset,
                      HashCounter& seen) {
  LineCounts counts;
  seen.Reset(spans.lines.size());
  for (const Line& line : spans.lines) {
    if (line.begin_word == line.end_word) continue;
    ++counts.num_lines;
    counts.terminal += EndsInTerminal(spans, line, preset);
    counts.short_lines += line.num_characters <= short_line;
    const bool duplicate = seen.Add(XXH3_64bits(line.text.data(), line.text.size())) > 0;
    if (duplicate) counts.duplicate_characters += line.num_characters;
  }
  return counts;
}

double Ratio(int64_t part, size_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::string_view Name(FineWebRule rule) { return kNames[static_cast<size_t>(rule)]; }

std::optional<FineWebRule> CheckFineWeb(const TextSpans& spans, const FineWebParameters& parameters,
                                        HashCounter& scratch, FilterPreset preset) {
  using enum FineWebRule;
  const LineCounts counts = CountLines(spans, parameters.short_line_characters, preset, scratch);
  if (counts.num_lines == 0) return kEmpty;
  const auto num_lines = static_cast<size_t>(counts.num_lines);
  if (Ratio(counts.terminal, num_lines) < parameters.min_line_punctuation) return kLinePunctuation;
  if (Ratio(counts.short_lines, num_lines) > parameters.max_short_lines) return kShortLines;
  const auto characters = static_cast<size_t>(spans.num_characters - spans.num_newlines);
  const double duplicate = Ratio(counts.duplicate_characters, characters);
  const double bound = parameters.duplicate_line_characters;
  if (preset == FilterPreset::kDatatrove ? duplicate > bound : duplicate >= bound) {
    return kDuplicateLineCharacters;
  }
  if (Ratio(spans.num_newlines, spans.words.size()) > parameters.max_newlines_per_word) {
    return kNewlinesPerWord;
  }
  return std::nullopt;
}

}  // namespace bench::corpus
