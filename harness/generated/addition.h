// Grammar "addition": `What is 161 plus 390?` in the words of BIG-bench's arithmetic tasks
// (Srivastava et al., arXiv:2206.04615), a character a symbol, and the digits of the sum.
//
// Draws: the number of digits d, min_digits + Below(max_digits - min_digits + 1); the two numbers,
// each uniform among those of exactly d digits (0 to 9 for one); with answers = "shuffled", of the
// control's stream, two more numbers of d digits, whose sum is written instead. Digits are those of
// the sum, with leading zeros to max_digits + 1 if padded, then turned round if reversed. Targets:
// the digits and the end, all of them the answer. Groups: digits_d. Key: "A+B". Both orders of two
// numbers are keys of their own.
#pragma once

#include "harness/definition/generated_spec.h"
#include "harness/generated/grammar.h"
#include "harness/generated/symbols.h"

namespace bench::harness::generated {

class AdditionGrammar : public RowGrammar {
 public:
  explicit AdditionGrammar(const AdditionSpec& spec);
  Row Draw(Part part, int64_t index, RowStreams& streams) const override;

 private:
  std::string AnswerText(int64_t sum) const;

  const AdditionSpec spec_;
  const Characters characters_;
};

}  // namespace bench::harness::generated
