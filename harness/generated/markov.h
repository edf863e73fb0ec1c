// Grammar "markov": every row is the path of a fresh Markov chain of K states, whose transition
// rows are drawn from a symmetric Dirichlet distribution with concentration a, so that a model has
// to learn the chain from the row itself (Edelman et al., arXiv:2402.11004).
//
// The first state is uniform. Rows are drawn from the chain's predictive distribution
//   p(j | i) = (n_ij + a) / (n_i + K a),
// n_ij the transitions i -> j so far and n_i their sum over j. That is the same distribution of
// rows as drawing the transition rows first (Polya's urn), needs no gamma variates, and gives the
// exact Bayes predictor on the way: no predictor has a smaller expected loss. Draws: Below(K); then
// Uniform() a state, times the sum of the weights n_ij + a, added up in the order of j; the state
// is the first j whose partial sum exceeds it. Predictors: bayes; unigram, (m_j + a) / (t + K a) of
// the counts m_j of the t states so far; uniform, 1 / K. Targets: every state but the first. Key:
// the states.
#pragma once

#include "harness/definition/generated_spec.h"
#include "harness/generated/grammar.h"

namespace bench::harness::generated {

class MarkovGrammar : public RowGrammar {
 public:
  explicit MarkovGrammar(const MarkovSpec& spec);
  Row Draw(Part part, int64_t index, RowStreams& streams) const override;

 private:
  const MarkovSpec spec_;
};

}  // namespace bench::harness::generated
