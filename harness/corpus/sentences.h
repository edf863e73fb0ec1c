// Counts the sentences of one line.
//
// A sentence ends at a symbol with the Unicode property Sentence_Terminal (. ! ? and their kin),
// together with the symbols that touch it from behind (closing quotes, brackets), when white space,
// the end of the line or a word of a script without spaces follows; a full-width terminal ends one
// whatever follows. As in UAX #29 (SB8), a '.' before a word in lower case ends none. What is left
// at the end of the line is one more. Quoted sentences inside a sentence count, abbreviations
// before a capital letter ("Dr. Who") do too: no dictionary is used.
#pragma once

#include <cstdint>

#include "harness/corpus/text_spans.h"

namespace bench::corpus {

int64_t CountSentences(const TextSpans& spans, const Line& line);

// Whether the last character of `word` has the property Sentence_Terminal.
bool EndsInTerminal(const Word& word);

}  // namespace bench::corpus
