#include "harness/generated/grammars.h"

#include <array>

#include "harness/generated/addition.h"
#include "harness/generated/facts.h"
#include "harness/generated/induction.h"
#include "harness/generated/markov.h"
#include "harness/generated/replace.h"
#include "harness/generated/retrieval.h"
#include "harness/generated/s5.h"
#include "harness/generated/sums.h"

namespace bench::harness::generated {
namespace {

using Made = absl::StatusOr<std::unique_ptr<RowGrammar>>;

struct Entry {
  int64_t version;
  Made (*make)(const GeneratedSpec& spec, const KeySplit& split);
};

Made Markov(const GeneratedSpec& spec, const KeySplit&) {
  return std::make_unique<MarkovGrammar>(spec.markov);
}
Made Induction(const GeneratedSpec& spec, const KeySplit&) {
  return std::make_unique<InductionGrammar>(spec.induction);
}
Made Addition(const GeneratedSpec& spec, const KeySplit&) {
  return std::make_unique<AdditionGrammar>(spec.addition);
}
Made S5(const GeneratedSpec& spec, const KeySplit& split) {
  return std::make_unique<S5Grammar>(spec.s5, split);
}
Made Replace(const GeneratedSpec& spec, const KeySplit& split) {
  return ReplaceGrammar::Create(spec.replace, split);
}
Made Facts(const GeneratedSpec& spec, const KeySplit& split) {
  return std::make_unique<FactsGrammar>(spec, split);
}
Made Sums(const GeneratedSpec& spec, const KeySplit&) {
  return std::make_unique<SumsGrammar>(spec.sums);
}
Made Retrieval(const GeneratedSpec& spec, const KeySplit& split) {
  return std::make_unique<RetrievalGrammar>(spec.retrieval, split);
}

// By Grammar.
constexpr std::array<Entry, EnumNames(Grammar{}).size()> kGrammars = {{{1, Markov},
                                                                       {1, Induction},
                                                                       {2, Addition},
                                                                       {2, S5},
                                                                       {2, Replace},
                                                                       {3, Facts},
                                                                       {1, Sums},
                                                                       {1, Retrieval}}};

const Entry& EntryOf(Grammar grammar) { return kGrammars[static_cast<size_t>(grammar)]; }

}  // namespace

int64_t GrammarVersion(Grammar grammar) { return EntryOf(grammar).version; }

absl::StatusOr<std::unique_ptr<RowGrammar>> MakeGrammar(const GeneratedSpec& spec,
                                                        const KeySplit& split) {
  return EntryOf(spec.grammar).make(spec, split);
}

}  // namespace bench::harness::generated
