// C4's rules: lines that are no prose are dropped, then documents with too little left.
//
// In this order, for each line (white space at both ends removed): a word over 1,000 characters
// drops it; citations such as [12], [edit], [citation needed] are cut; no terminal punctuation
// (. ! ? " ' but no "...") drops it; so do fewer than 3 words, "javascript" and the policy phrases
// (ASCII case ignored); "lorem ipsum" and "{" in a line that is still there remove the document, as
// do fewer than 5 sentences (sentences.h) in what is left. The left lines are the new text.
//
// Words are separated by white space here. Text without spaces: words are ICU's, terminal
// punctuation has its full-width forms too, and the policy phrases are the Chinese ones beside the
// English.
//
// With a DatatroveSegmenter, as datatrove applies them: sentences are spaCy's, digits of a citation
// are those of any script, and white space at the ends of the new text is removed.
//
// Source: Raffel et al. 2020 (JMLR 21/140), section 2.2, and its published code (c4_utils.py). The
// list of obscene words is not applied. FineWeb uses everything but terminal punctuation.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/corpus/datatrove_text.h"
#include "harness/corpus/text_spans.h"
#include "harness/definition/corpus_filters.h"

namespace bench::corpus {

enum class C4Rule : uint8_t { kLoremIpsum, kCurlyBracket, kTooFewSentences };
std::string_view Name(C4Rule rule);

enum class C4LineRule : uint8_t { kLongWord, kNoTerminal, kFewWords, kJavascript, kPolicy };
inline constexpr size_t kNumC4LineRules = 5;
std::string_view Name(C4LineRule rule);

using harness::C4Parameters;
using harness::C4Preset;
using harness::C4WithoutTerminalPreset;

struct C4Outcome {
  std::optional<C4Rule> removed;
  std::string text;  // of the lines that were kept, up to the one that removed the document
  std::array<int64_t, kNumC4LineRules> dropped_lines{};
};

C4Outcome ApplyC4(const TextSpans& spans, const C4Parameters& parameters,
                  DatatroveSegmenter* datatrove = nullptr);

}  // namespace bench::corpus
