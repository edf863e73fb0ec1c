// Grammar "replace": the instruction `x>y|z=` and the text z with every x replaced by y. How many
// different rules must be trained on until one that never was is obeyed (Zhang et al.,
// arXiv:2402.10891)?
//
// Rules of training: from the stream "replace/rules", x and y of Below(letters) each, until there
// are `rules` different ones with x != y whose key "x>y" is not held out. Draws of a row: the rule,
// Below(rules), or for an unseen one x and y until x != y; the letters of z, Below(letters) each;
// the place of an x in it, Below(text_length - rule_length + 1), which overwrites what is there;
// with shown = "other", of the control's stream, x and y of the rule that is shown until it is
// another one. x is replaced from the left, without overlaps. Targets: the text and the end, all of
// them the answer. Groups: seen, of training and of every second held-out row, whose key is
// "x>y|z"; unseen, whose key is the rule "x>y".
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/definition/generated_spec.h"
#include "harness/generated/grammar.h"
#include "harness/generated/key_split.h"
#include "harness/generated/symbols.h"

namespace bench::harness::generated {

class ReplaceGrammar : public RowGrammar {
 public:
  // DataError where too few rules are left for training.
  static absl::StatusOr<std::unique_ptr<RowGrammar>> Create(const ReplaceSpec& spec,
                                                            const KeySplit& split);
  Row Draw(Part part, int64_t index, RowStreams& streams) const override;

 private:
  struct Rule {
    std::string from, to;
    std::string Text() const;
  };
  explicit ReplaceGrammar(const ReplaceSpec& spec);

  std::string Letters(int64_t count, Random& random) const;
  Rule AnyRule(Random& random) const;
  std::string TextWith(const Rule& rule, Random& random) const;

  const ReplaceSpec spec_;
  const Characters characters_;
  std::vector<Rule> rules_;
};

}  // namespace bench::harness::generated
