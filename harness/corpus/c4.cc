#include "harness/corpus/c4.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "harness/corpus/sentences.h"
#include "harness/text/text.h"

namespace bench::corpus {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"lorem_ipsum", "curly_bracket",
                                                    "too_few_sentences"};
constexpr std::array<std::string_view, kNumC4LineRules> kLineNames = {
    "long_word", "no_terminal_punctuation", "few_words", "javascript", "policy"};
constexpr std::array<std::string_view, 2> kCitations = {"[edit]", "[citation needed]"};

struct LineWords {
  int64_t num_words = 0;
  int64_t longest = 0;  // characters
};

// Words between white space: neighbours in `spans` that touch are one.
LineWords SpacedWords(const TextSpans& spans, const Line& line) {
  LineWords result;
  int64_t length = 0;
  const char* end = nullptr;
  for (size_t i = line.begin_word; i < line.end_word; ++i) {
    const Word& word = spans.words[i];
    const bool begins = word.text.data() != end;
    result.num_words += begins;
    length = (begins ? 0 : length) + word.num_characters;
    result.longest = std::max(result.longest, length);
    end = word.text.data() + word.text.size();
  }
  return result;
}

LineWords DictionaryWords(const TextSpans& spans, const Line& line) {
  LineWords result;
  for (size_t i = line.begin_word; i < line.end_word; ++i) {
    if (spans.words[i].IsSymbol()) continue;
    ++result.num_words;
    result.longest = std::max<int64_t>(result.longest, spans.words[i].num_characters);
  }
  return result;
}

// The line without white space at its ends: every other character is in a word.
std::string_view Stripped(const TextSpans& spans, const Line& line) {
  if (line.begin_word == line.end_word) return {};
  const std::string_view last = spans.words[line.end_word - 1].text;
  const char* const begin = spans.words[line.begin_word].text.data();
  return {begin, static_cast<size_t>(last.data() + last.size() - begin)};
}

size_t AfterAsciiDigits(std::string_view text, size_t i) {
  return std::min(text.find_first_not_of("0123456789", i), text.size());
}
size_t AfterAnyDigits(std::string_view text, size_t i) {
  while (i < text.size()) {
    size_t next = i;
    UChar32 c;
    U8_NEXT_UNSAFE(reinterpret_cast<const uint8_t*>(text.data()), next, c);
    if (u_charType(c) != U_DECIMAL_DIGIT_NUMBER) break;
    i = next;
  }
  return i;
}
using AfterDigits = size_t (*)(std::string_view text, size_t i);

// Bytes of the citation at the beginning of `text`, 0 if there is none.
size_t CitationSize(std::string_view text, AfterDigits after_digits) {
  for (const std::string_view citation : kCitations) {
    if (text.starts_with(citation)) return citation.size();
  }
  const size_t end = after_digits(text, 1);
  return end < text.size() && text[end] == ']' ? end + 1 : 0;
}

std::string WithoutCitations(std::string_view line, AfterDigits after_digits) {
  std::string result;
  while (!line.empty()) {
    const size_t bracket = std::min(line.find('['), line.size());
    result += line.substr(0, bracket);
    line.remove_prefix(bracket);
    if (line.empty()) break;
    const size_t citation = CitationSize(line, after_digits);
    if (citation == 0) result.push_back('[');
    line.remove_prefix(std::max<size_t>(citation, 1));
  }
  return result;
}

bool EndsInAny(std::string_view line, const std::vector<std::string>& endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](const std::string& ending) { return line.ends_with(ending); });
}

bool ContainsAny(std::string_view line, const std::vector<std::string>& phrases) {
  return std::any_of(phrases.begin(), phrases.end(), [&](const std::string& phrase) {
    return line.find(phrase) != std::string_view::npos;
  });
}

class Lines {
 public:
  Lines(const TextSpans& spans, const C4Parameters& parameters, DatatroveSegmenter* datatrove)
      : spans_(spans),
        parameters_(parameters),
        datatrove_(datatrove),
        spaced_(spans.writing_system() == WritingSystem::kSpaced) {}

  C4Outcome Apply() {
    C4Outcome outcome;
    int64_t num_sentences = 0;
    for (const Line& line : spans_.lines) {
      std::string text(Stripped(spans_, line));
      if (const auto dropped = CheckShape(line, text)) {
        ++outcome.dropped_lines[static_cast<size_t>(*dropped)];
        continue;
      }
      const std::string lower = absl::AsciiStrToLower(text);
      if ((outcome.removed = CheckDocument(lower))) return outcome;
      if (const auto dropped = CheckPhrases(lower)) {
        ++outcome.dropped_lines[static_cast<size_t>(*dropped)];
        continue;
      }
      num_sentences +=
          datatrove_ == nullptr ? CountSentences(spans_, line) : datatrove_->CountSentences(text);
      if (!outcome.text.empty()) outcome.text.push_back('\n');
      outcome.text += text;
    }
    if (num_sentences < parameters_.min_sentences) outcome.removed = C4Rule::kTooFewSentences;
    if (datatrove_ != nullptr) outcome.text = harness::TrimWhitespace(outcome.text);
    return outcome;
  }

 private:
  // Cuts citations from `text`.
  std::optional<C4LineRule> CheckShape(const Line& line, std::string& text) const {
    const LineWords words = spaced_ ? SpacedWords(spans_, line) : DictionaryWords(spans_, line);
    if (words.longest > parameters_.max_word_characters) return C4LineRule::kLongWord;
    if (parameters_.remove_citations && text.find('[') != std::string::npos) {
      text = WithoutCitations(text, datatrove_ == nullptr ? AfterAsciiDigits : AfterAnyDigits);
    }
    if (parameters_.require_terminal_punctuation &&
        (!EndsInAny(text, parameters_.terminal_punctuation) || text.ends_with("..."))) {
      return C4LineRule::kNoTerminal;
    }
    if (words.num_words < parameters_.min_words_per_line) return C4LineRule::kFewWords;
    return std::nullopt;
  }

  std::optional<C4Rule> CheckDocument(std::string_view lower) const {
    if (parameters_.remove_lorem_ipsum && lower.find("lorem ipsum") != std::string_view::npos) {
      return C4Rule::kLoremIpsum;
    }
    // A line of javascript is dropped before its brackets count.
    if (parameters_.remove_curly_bracket && lower.find('{') != std::string_view::npos &&
        !IsJavascript(lower)) {
      return C4Rule::kCurlyBracket;
    }
    return std::nullopt;
  }

  std::optional<C4LineRule> CheckPhrases(std::string_view lower) const {
    if (IsJavascript(lower)) return C4LineRule::kJavascript;
    if (ContainsAny(lower, parameters_.policy_phrases)) return C4LineRule::kPolicy;
    return std::nullopt;
  }

  bool IsJavascript(std::string_view lower) const {
    return parameters_.drop_javascript && lower.find("javascript") != std::string_view::npos;
  }

  const TextSpans& spans_;
  const C4Parameters& parameters_;
  DatatroveSegmenter* const datatrove_;
  const bool spaced_;
};

}  // namespace

std::string_view Name(C4Rule rule) { return kNames[static_cast<size_t>(rule)]; }
std::string_view Name(C4LineRule rule) { return kLineNames[static_cast<size_t>(rule)]; }

C4Outcome ApplyC4(const TextSpans& spans, const C4Parameters& parameters,
                  DatatroveSegmenter* datatrove) {
  return Lines(spans, parameters, datatrove).Apply();
}

}  // namespace bench::corpus
