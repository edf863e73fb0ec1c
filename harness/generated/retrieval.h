// Grammar "retrieval": words, somewhere among them the line `|key=C|`, and at the end the question
// `|key?` with its answer C, a character that must be found however far it stands (passkey
// retrieval: Mohtashami and Jaggi, arXiv:2305.16300).
//
// The words: from the stream "retrieval/words", 2 + Below(5) letters of Below(26) each, until there
// are `words` different ones. Draws of a row: the value, Below(values), of A, B, ...; the place of
// the line, Below(F + 1) of the F = length - 13 characters of words; Below(words) for each word,
// which a space follows, until there are F characters; the last word is cut. The line stands before
// character `place` of them, within a word or not. The answer is the only target, and the row's
// end. Groups: depth_k, k = floor(place depths / (F + 1)), 0 at the beginning, farthest from the
// question. Key: the whole row.
#pragma once

#include <string>
#include <vector>

#include "harness/definition/generated_spec.h"
#include "harness/generated/grammar.h"
#include "harness/generated/key_split.h"
#include "harness/generated/symbols.h"

namespace bench::harness::generated {

class RetrievalGrammar : public RowGrammar {
 public:
  RetrievalGrammar(const RetrievalSpec& spec, const KeySplit& split);
  Row Draw(Part part, int64_t index, RowStreams& streams) const override;

 private:
  const RetrievalSpec spec_;
  const Characters characters_;
  const std::vector<std::string> words_;  // each with its space
};

}  // namespace bench::harness::generated
