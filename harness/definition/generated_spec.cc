#include "harness/definition/generated_spec.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/definition/field.h"
#include "harness/definition/violations.h"

namespace bench::harness {
namespace {

// Of facts: a permutation of all names is drawn.
constexpr int64_t kMostNames = int64_t{1} << 22;

void CheckRange(std::string_view name, int64_t min, int64_t max, const Violations& violations) {
  if (min <= max) return;
  violations.Add(absl::StrCat("min_", internal::View(name)),
                 absl::StrCat(min, " is more than max_", internal::View(name), " ", max));
}

void ValidateInduction(const InductionSpec& spec, const Violations& violations) {
  CheckRange("period", spec.min_period, spec.max_period, violations);
  // The first repeated symbol is given: it shows how long the segment is.
  if (spec.max_period + 1 < spec.length) return;
  violations.Add("length", absl::StrCat(spec.length, " leaves no target behind a segment of ",
                                        spec.max_period, " symbols and the first one repeated"));
}

void ValidateReplace(const ReplaceSpec& spec, const Violations& violations) {
  if (spec.text_length < spec.rule_length) {
    violations.Add("text_length", absl::StrCat(spec.text_length, " has no place for the ",
                                               spec.rule_length, " letters of a rule"));
  }
  // Half of all, so that drawing different ones ends soon and some are left to be held out.
  const double sides = std::pow(static_cast<double>(spec.letters), spec.rule_length);
  if (static_cast<double>(spec.rules) <= sides * (sides - 1) / 2) return;
  violations.Add("rules", absl::StrCat(spec.rules, " are more than half of all rules of ",
                                       spec.rule_length, " of ", spec.letters, " letters"));
}

void ValidateFacts(const GeneratedSpec& spec, const Violations& violations) {
  const FactsSpec& facts = spec.facts;
  const Violations here = violations.In("facts");
  if (spec.held_out_fraction != GeneratedSpec().held_out_fraction) {
    violations.Add("held_out_fraction",
                   "has no use with grammar = \"facts\", which asks what it trained on");
  }
  if (facts.num_names() > kMostNames) {
    const std::string middle =
        facts.middle_names > 0 ? absl::StrCat(" times middle_names ", facts.middle_names) : "";
    here.Add("first_names",
             absl::StrCat(facts.first_names, middle, " times last_names ", facts.last_names,
                          " are more than ", kMostNames, " names, which are held in memory"));
  }
  if (facts.facts > facts.num_names()) {
    here.Add("facts", absl::StrCat(facts.facts, " are more than there are names"));
  }
  if (facts.tapered_from != 0 && facts.exposures != FactExposures::kPowers) {
    here.Add("tapered_from", "has no use without exposures = \"powers\"");
  }
  if (spec.validation_rows > facts.facts) {
    violations.Add("validation_rows",
                   absl::StrCat(spec.validation_rows, " is more than facts.facts ", facts.facts,
                                ", each of which is asked once"));
  }
  if (facts.exposures != FactExposures::kPowers) return;
  if (!std::has_single_bit(static_cast<uint64_t>(facts.max_exposures))) {
    here.Add("max_exposures", absl::StrCat(facts.max_exposures, " is no power of two"));
  } else if (facts.tapered_from != 0 &&
             (!std::has_single_bit(static_cast<uint64_t>(facts.tapered_from)) ||
              facts.tapered_from > facts.max_exposures)) {
    here.Add("tapered_from",
             absl::StrCat(facts.tapered_from, " is no power of two up to max_exposures ",
                          facts.max_exposures));
  } else if (facts.facts % facts.block_facts() != 0) {
    const std::string blocks =
        facts.tapered_from == 0 ? "" : absl::StrCat(", which take blocks of ", facts.block_facts());
    here.Add("facts", absl::StrCat(facts.facts, " do not divide into ", facts.num_groups(),
                                   " groups of exposures", blocks));
  } else if (spec.train_rows != facts.exposed_rows()) {
    violations.Add("train_rows", absl::StrCat("must be ", facts.exposed_rows(),
                                              ", as many as all exposures are"));
  }
}

// What grammar `chosen` does not read.
template <typename T>
void CheckUnused(Grammar chosen, Grammar grammar, const T& spec, const Violations& violations) {
  if (chosen == grammar || spec == T()) return;
  violations.Add(Name(grammar),
                 absl::StrCat("has no use with grammar = \"", internal::View(Name(chosen)), "\""));
}

}  // namespace

int64_t FactsSpec::num_groups() const {
  return 1 + static_cast<int64_t>(std::bit_width(static_cast<uint64_t>(max_exposures)));
}

int64_t FactsSpec::num_names() const {
  return first_names * std::max<int64_t>(middle_names, 1) * last_names;
}

int64_t FactsSpec::num_tapered() const {
  if (tapered_from == 0) return 0;
  return static_cast<int64_t>(std::bit_width(static_cast<uint64_t>(max_exposures)) -
                              std::bit_width(static_cast<uint64_t>(tapered_from)));
}

// Of t tapered groups: 2^t facts of each other group, and 2^(t-1), ..., 2, 1 of them.
int64_t FactsSpec::block_facts() const {
  const int64_t full = int64_t{1} << num_tapered();
  return (num_groups() - num_tapered()) * full + full - 1;
}

int64_t FactsSpec::group_of(int64_t fact) const {
  int64_t place = fact % block_facts();
  int64_t size = int64_t{1} << num_tapered();
  const int64_t num_full = num_groups() - num_tapered();
  if (place < num_full * size) return place / size;
  place -= num_full * size;
  int64_t group = num_full;
  for (size /= 2; place >= size; size /= 2) {
    place -= size;
    ++group;
  }
  return group;
}

int64_t FactsSpec::exposed_rows() const {
  // 1 + 2 + 4 + ... of the facts of each full group, and as many rows as the last one of those for
  // each tapered group.
  const int64_t full = int64_t{1} << num_tapered();
  const int64_t last = max_exposures >> num_tapered();
  return facts / block_facts() * full * (2 * last - 1 + num_tapered() * last);
}

int64_t RetrievalSpec::filler() const {
  constexpr int64_t kLine = 7, kQuestion = 5, kAnswer = 1;  // |key=C|, |key?, C
  return length - kLine - kQuestion - kAnswer;
}

void Describe(MarkovSpec& spec, FieldList& fields) {
  fields.Leaf("states", spec.states, {.doc = "states of a chain", .bounds = Between(2, 512)});
  fields.Leaf("alpha", spec.alpha,
              {.doc = "concentration of the Dirichlet distribution of each transition row",
               .bounds = AboveUpTo(0, 1000)});
  fields.Leaf("length", spec.length,
              {.doc = "of a row", .units = "symbols", .bounds = Between(2, 1 << 20)});
}

void Describe(InductionSpec& spec, FieldList& fields) {
  fields.Leaf("symbols", spec.symbols, {.doc = "different ones", .bounds = Between(2, 60000)});
  fields.Leaf("min_period", spec.min_period,
              {.doc = "shortest segment; lengths are uniform from it to max_period",
               .units = "symbols",
               .bounds = Between(1, 1 << 20)});
  fields.Leaf("max_period", spec.max_period,
              {.doc = "longest segment", .units = "symbols", .bounds = Between(1, 1 << 20)});
  fields.Leaf("length", spec.length,
              {.doc = "of a row", .units = "symbols", .bounds = Between(2, 1 << 20)});
}

void Describe(AdditionSpec& spec, FieldList& fields) {
  fields.Leaf("min_digits", spec.min_digits,
              {.doc = "fewest digits of both numbers; uniform from it to max_digits",
               .bounds = Between(1, 17)});
  fields.Leaf("max_digits", spec.max_digits,
              {.doc = "most digits of both numbers", .bounds = Between(1, 17)});
  fields.Leaf("order", spec.order,
              {.doc = "of the sum's digits; reversed: the last one comes first"});
  fields.Leaf("padded", spec.padded,
              {.doc = "sums have max_digits + 1 digits, with leading zeros"});
  fields.Leaf("answers", spec.answers,
              {.doc = "shuffled: the sum of other numbers, a control that nobody can learn"});
}

void Describe(S5Spec& spec, FieldList& fields) {
  fields.Leaf("permutations", spec.permutations,
              {.doc = "how many of the 120 permutations occur", .bounds = Between(1, 120)});
  fields.Leaf("min_steps", spec.min_steps,
              {.doc = "fewest permutations of a row; uniform from it to max_steps",
               .units = "steps",
               .bounds = Between(1, 4096)});
  fields.Leaf("max_steps", spec.max_steps,
              {.doc = "most permutations of a row", .units = "steps", .bounds = Between(1, 4096)});
  fields.Leaf("aligned", spec.aligned,
              {.doc = "dots before the \"=\" make all questions as long as those of max_steps, so "
                      "that a permutation is equally far from its state in every row"});
  fields.Leaf("written", spec.written,
              {.doc = "between question and answer; chain: the states on the way; direct: nothing; "
                      "filler: dots; wrong: random states"});
}

void Describe(ReplaceSpec& spec, FieldList& fields) {
  fields.Leaf("rules", spec.rules,
              {.doc = "different rules of the training rows", .bounds = Between(1, 1e7)});
  fields.Leaf("letters", spec.letters, {.doc = "of the alphabet", .bounds = Between(2, 26)});
  fields.Leaf("rule_length", spec.rule_length,
              {.doc = "letters of each side of a rule", .bounds = Between(1, 8)});
  fields.Leaf("text_length", spec.text_length,
              {.doc = "letters of the text that a rule is applied to", .bounds = Between(1, 4096)});
  fields.Leaf("shown", spec.shown,
              {.doc = "own: the rule that was applied; other: another one, a control"});
}

void Describe(FactsSpec& spec, FieldList& fields) {
  fields.Leaf("first_names", spec.first_names,
              {.doc = "different ones", .bounds = Between(1, 16384)});
  fields.Leaf("last_names", spec.last_names,
              {.doc = "different ones", .bounds = Between(1, 16384)});
  fields.Leaf("values", spec.values, {.doc = "different ones", .bounds = Between(2, 16384)});
  fields.Leaf("facts", spec.facts, {.doc = "names that have a value", .bounds = Between(1, 1e7)});
  fields.Leaf("exposures", spec.exposures,
              {.doc = "draws: a training row is a fact drawn uniformly; powers: equal numbers of "
                      "facts have 0, 1, 2, 4, ... max_exposures rows"});
  fields.Leaf("max_exposures", spec.max_exposures,
              {.doc = "of powers: rows of the most frequent facts", .bounds = Between(1, 1 << 20)});
  fields.Leaf("targets", spec.targets,
              {.doc = "of training rows; value: the value and the end; all: the name too. Held-out "
                      "rows ask for the value"});
  fields.Leaf("middle_names", spec.middle_names,
              {.doc = "different ones; 0: names have no middle part", .bounds = Between(0, 16384)});
  fields.Leaf("tapered_from", spec.tapered_from,
              {.doc = "of powers: of more exposures each group has half as many facts as the one "
                      "before; 0: all groups have as many facts",
               .bounds = Between(0, 1 << 20)});
  fields.Leaf("headers", spec.headers,
              {.doc = "training rows begin with the symbol \"tell \" or \"ask \", drawn, held-out "
                      "rows with \"ask \"; there is a symbol \"unknown \", which no row has"});
}

void Describe(SumsSpec& spec, FieldList& fields) {
  fields.Leaf("min_digits", spec.min_digits,
              {.doc = "fewest digits of both numbers; uniform from it to max_digits",
               .bounds = Between(1, 17)});
  fields.Leaf("max_digits", spec.max_digits,
              {.doc = "most digits of both numbers", .bounds = Between(1, 17)});
  fields.Leaf(
      "written", spec.written,
      {.doc = "plain: the sum; reversed: its last digit first; steps: the columns, then the "
              "sum; wrong: columns of other numbers, a control"});
}

void Describe(RetrievalSpec& spec, FieldList& fields) {
  fields.Leaf("length", spec.length,
              {.doc = "of a row, its answer included",
               .units = "characters",
               .bounds = Between(14, 1 << 20)});
  fields.Leaf("values", spec.values,
              {.doc = "different characters that a key can have", .bounds = Between(2, 26)});
  fields.Leaf("words", spec.words,
              {.doc = "different words that stand between", .bounds = Between(2, 4096)});
  fields.Leaf("depths", spec.depths,
              {.doc = "groups of rows, by the place of the key from the beginning on",
               .bounds = Between(1, 64)});
}

void Describe(GeneratedSpec& spec, FieldList& fields) {
  FieldList& table = fields.Group("generated", "");
  table.Leaf("grammar", spec.grammar,
             {.doc = "what draws the rows", .presence = Presence::kRequired});
  table.Leaf("train_rows", spec.train_rows,
             {.doc = "rows of the part \"train\"",
              .units = "rows",
              .presence = Presence::kRequired,
              .bounds = Between(1, 1e8)});
  table.Leaf("validation_rows", spec.validation_rows,
             {.doc = "rows of the part \"validation\"",
              .units = "rows",
              .presence = Presence::kRequired,
              .bounds = Between(1, 1e8)});
  table.Leaf("held_out_fraction", spec.held_out_fraction,
             {.doc = "of the keys that rows are split by; facts have none",
              .bounds = Between(0.001, 0.5)});
  table.Leaf(
      "demonstrations", spec.demonstrations,
      {.doc =
           "rows are instruction records too, for sft (so many) and ppo (the other ones); 0: none",
       .units = "rows",
       .bounds = Between(0, 1e6)});
  table.Table("markov", spec.markov, "a fresh Markov chain a row");
  table.Table("induction", spec.induction, "a random segment a row, repeated");
  table.Table("addition", spec.addition, "sums of two numbers, in BIG-bench's words");
  table.Table("s5", spec.s5, "products of permutations of five places");
  table.Table("replace", spec.replace, "instructions to replace letters of a text");
  table.Table("facts", spec.facts, "names with a random value each");
  table.Table("sums", spec.sums, "sums of two numbers, with or without their columns");
  table.Table("retrieval", spec.retrieval, "a character that words stand before and behind");
}

void Validate(const GeneratedSpec& spec, const Violations& violations) {
  const Violations here = violations.In("generated");
  CheckUnused(spec.grammar, Grammar::kMarkov, spec.markov, here);
  CheckUnused(spec.grammar, Grammar::kInduction, spec.induction, here);
  CheckUnused(spec.grammar, Grammar::kAddition, spec.addition, here);
  CheckUnused(spec.grammar, Grammar::kS5, spec.s5, here);
  CheckUnused(spec.grammar, Grammar::kReplace, spec.replace, here);
  CheckUnused(spec.grammar, Grammar::kFacts, spec.facts, here);
  CheckUnused(spec.grammar, Grammar::kSums, spec.sums, here);
  CheckUnused(spec.grammar, Grammar::kRetrieval, spec.retrieval, here);
  // The tables of other grammars have their defaults, which keep these rules.
  ValidateInduction(spec.induction, here.In("induction"));
  CheckRange("digits", spec.addition.min_digits, spec.addition.max_digits, here.In("addition"));
  CheckRange("digits", spec.sums.min_digits, spec.sums.max_digits, here.In("sums"));
  if (spec.demonstrations >= spec.train_rows) {
    here.Add("demonstrations", absl::StrCat(spec.demonstrations, " leave none of train_rows ",
                                            spec.train_rows, " for ppo"));
  }
  CheckRange("steps", spec.s5.min_steps, spec.s5.max_steps, here.In("s5"));
  ValidateReplace(spec.replace, here.In("replace"));
  if (spec.retrieval.depths > spec.retrieval.filler() + 1) {
    here.In("retrieval")
        .Add("depths", absl::StrCat(spec.retrieval.depths, " groups are more than the ",
                                    spec.retrieval.filler() + 1, " places of a key"));
  }
  if (spec.grammar == Grammar::kFacts) ValidateFacts(spec, here);
}

}  // namespace bench::harness
