// Grammar "induction": a segment of random symbols, repeated to the row's length, which a model
// continues by finding what followed the last time (Olsson et al., arXiv:2209.11895). The period is
// random, so that no fixed distance tells what comes next.
//
// Draws: min_period + Below(max_period - min_period + 1), then Below(symbols) for each symbol of
// the segment. Targets: the symbols behind the first repeated one, which only say from then on that
// they are repeated. Key: the whole row.
#pragma once

#include "harness/definition/generated_spec.h"
#include "harness/generated/grammar.h"

namespace bench::harness::generated {

class InductionGrammar : public RowGrammar {
 public:
  explicit InductionGrammar(const InductionSpec& spec);
  Row Draw(Part part, int64_t index, RowStreams& streams) const override;

 private:
  const InductionSpec spec_;
};

}  // namespace bench::harness::generated
