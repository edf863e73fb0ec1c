#include "harness/generated/markov.h"

#include <cmath>

#include "absl/strings/str_join.h"
#include "harness/generated/symbols.h"

namespace bench::harness::generated {
namespace {

// A symbol's count so far, smoothed; sums in the order of the symbols, which the draws depend on.
class Urn {
 public:
  Urn(int64_t size, double alpha) : weights_(static_cast<size_t>(size), alpha) {}

  double Total() const {
    double total = 0;
    for (const double weight : weights_) total += weight;
    return total;
  }
  double NllOf(int64_t symbol) const {
    return -std::log(weights_[static_cast<size_t>(symbol)] / Total());
  }
  void Count(int64_t symbol) { ++weights_[static_cast<size_t>(symbol)]; }
  int64_t Draw(Random& random) const {
    const double point = random.Uniform() * Total();
    double sum = 0;
    for (size_t i = 0; i + 1 < weights_.size(); ++i) {
      sum += weights_[i];
      if (point < sum) return static_cast<int64_t>(i);
    }
    return std::ssize(weights_) - 1;
  }

 private:
  std::vector<double> weights_;
};

}  // namespace

MarkovGrammar::MarkovGrammar(const MarkovSpec& spec)
    : RowGrammar(Numbered("", spec.states), {"rows"}, {"bayes", "unigram", "uniform"}),
      spec_(spec) {}

Row MarkovGrammar::Draw(Part, int64_t, RowStreams& streams) const {
  std::vector<Urn> transitions(static_cast<size_t>(spec_.states), Urn(spec_.states, spec_.alpha));
  Urn states(spec_.states, spec_.alpha);
  Row row;
  row.predictor_nll.assign(3, std::vector<double>(static_cast<size_t>(spec_.length)));
  auto state = static_cast<int64_t>(streams.row.Below(static_cast<uint64_t>(spec_.states)));
  states.Count(state);
  row.Add(kFirstSymbol + state, TokenMark::kGiven);
  for (size_t t = 1; t < static_cast<size_t>(spec_.length); ++t) {
    Urn& from = transitions[static_cast<size_t>(state)];
    const int64_t next = from.Draw(streams.row);
    row.predictor_nll[0][t] = from.NllOf(next);
    row.predictor_nll[1][t] = states.NllOf(next);
    row.predictor_nll[2][t] = std::log(static_cast<double>(spec_.states));
    from.Count(next);
    states.Count(next);
    row.Add(kFirstSymbol + next, TokenMark::kTarget);
    state = next;
  }
  row.key = absl::StrJoin(row.tokens, " ");
  return row;
}

}  // namespace bench::harness::generated
