// Grammar "sums": `347+285=` and the sum, with or without the columns on the way, a character a
// symbol. Ways of writing: Lee et al., "Teaching Arithmetic to Small Transformers"
// (arXiv:2307.03381): plain, reversed, and a scratchpad.
//
//   plain     347+285=#632
//   reversed  347+285=#236
//   steps     347+285=7+5+0=12,4+8+1=13,3+2+1=06,#632
//   wrong     as steps, but the columns of two other numbers
//
// A column is the two digits, the carry from the column before, and their sum as two digits, whose
// first is the carry into the next. Draws: the number of digits d, min_digits + Below(max_digits -
// min_digits + 1); the two numbers, each uniform among those of exactly d digits (0 to 9 for one);
// for "wrong", of the control's stream, two more numbers of d digits. Targets: columns and "#"; the
// answer is what follows it, and the end. Groups: digits_d. Key: "A+B". Both orders of two numbers
// are keys of their own.
#pragma once

#include "harness/definition/generated_spec.h"
#include "harness/generated/grammar.h"
#include "harness/generated/symbols.h"

namespace bench::harness::generated {

class SumsGrammar : public RowGrammar {
 public:
  explicit SumsGrammar(const SumsSpec& spec);
  Row Draw(Part part, int64_t index, RowStreams& streams) const override;

 private:
  const SumsSpec spec_;
  const Characters characters_;
};

}  // namespace bench::harness::generated
