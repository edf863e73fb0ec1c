// Grammar "s5": where one of five places ends up after n permutations, a problem that needs as many
// steps one after the other as there are permutations (Li et al., arXiv:2402.12875; Barrington's
// theorem: S5 is complete for NC1).
//
// A row is `p1 p2 ... pn = s0`, then by `written`: chain, the states s1 ... sn with s_i =
// p_i(s_i-1); direct, sn; filler, n - 1 dots and sn (Pfau et al., arXiv:2404.15758); wrong, n - 1
// random states and sn. State s_i stands n + 1 tokens behind p_i+1, which decides about what
// follows; with `aligned` max_steps - n dots before the "=" make that max_steps + 1 in every row.
// The last state and the end are the answer, states before them are targets
// too, dots are given. Guessing is right one time in five. The P permutations that occur are those
// whose numbers in lexicographic order are the first P of the stream "s5/permutations"'
// Permutation(120): the same for all arms of one base seed. Draws: n = min_steps + Below(max_steps
// - min_steps + 1), s0 = Below(5), Below(P) for each permutation; of the control's stream, Below(5)
// for each wrong state. Groups: steps_to_N with N the power of two from n on. Key: the question.
#pragma once

#include <array>
#include <vector>

#include "harness/definition/generated_spec.h"
#include "harness/generated/grammar.h"
#include "harness/generated/key_split.h"

namespace bench::harness::generated {

class S5Grammar : public RowGrammar {
 public:
  S5Grammar(const S5Spec& spec, const KeySplit& split);
  Row Draw(Part part, int64_t index, RowStreams& streams) const override;

 private:
  using Permutation = std::array<int64_t, 5>;  // where each place goes

  void AddSteps(const std::vector<int64_t>& states, Random& control, Row& row) const;

  const S5Spec spec_;
  std::vector<Permutation> permutations_;
};

}  // namespace bench::harness::generated
