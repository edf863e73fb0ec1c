// Grammar "facts": `first last value`, arbitrary facts that can only be remembered (Kalai and
// Vempala, arXiv:2311.14648; Allen-Zhu and Li, arXiv:2404.05405).
//
// The names are the first `facts` of the stream "facts/names"' Permutation(first_names x
// last_names), number f x last_names + l; with middle names (f x middle_names + m) x last_names +
// l. Their values are Below(values) of "facts/values", in that order. Training rows: by draws,
// Below(facts) of "facts/draws" each; by powers, fact j belongs to group FactsSpec::group_of(j),
// which is j mod G where no group is tapered, and has 0 (group 0) or 2^(group - 1) rows, which,
// facts in their order, are taken in the order of "facts/order"'s Permutation. Held-out row i asks
// fact i: no key splits them, what was never trained on is the group exposures_0. Groups:
// exposures_E with E the power of two up to the number of the fact's rows. A row begins with <s>;
// targets are the value and the end, the answer, and with targets = "all" the names of training
// rows too. With headers `tell` or `ask` follows <s>, of a training row the one of number Below(2)
// of the row's stream, of a held-out row `ask`; it is given. Rows have no key. Drawn rows that are
// targets from <s> on and have no header are statements.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/definition/generated_spec.h"
#include "harness/generated/grammar.h"
#include "harness/generated/key_split.h"

namespace bench::harness::generated {

class FactsGrammar : public RowGrammar {
 public:
  FactsGrammar(const GeneratedSpec& spec, const KeySplit& split);
  Row Draw(Part part, int64_t index, RowStreams& streams) const override;
  std::optional<StatementSpace> Statements() const override;
  // Good and Turing's estimate of the probability of facts that no row has.
  std::optional<double> MonofactRate() const override;

 private:
  // Training rows as numbers of facts.
  static std::vector<int64_t> TrainRows(const GeneratedSpec& spec, const KeySplit& split);
  FactsGrammar(const GeneratedSpec& spec, const KeySplit& split, std::vector<int64_t> rows);

  // Which alternative of each place fact `fact` has.
  std::vector<int64_t> ChoicesOf(size_t fact) const;

  const FactsSpec spec_;
  const std::vector<TokenRange> places_;  // alternatives, from the first name to the value
  std::vector<int64_t> rows_;
  std::vector<int64_t> names_, values_, exposures_;  // by fact
};

}  // namespace bench::harness::generated
