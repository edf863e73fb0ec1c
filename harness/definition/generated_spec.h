// stage = "generated": rows of symbols that a grammar draws from a seed, for questions about what a
// model can learn at all (harness/generated).
//
// A row is a sequence of symbols of which some are targets: what is trained on and scored. Every
// row has a key, such as the two numbers of a sum; a hash of the key decides whether it belongs to
// training or is held out, so that no key is in both. Grammars are versioned: the version of the
// chosen one (harness/generated/grammars.h) is part of the recipe.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace bench::harness {

class FieldList;
class Violations;

enum class Grammar { kMarkov, kInduction, kAddition, kS5, kReplace, kFacts, kSums, kRetrieval };
constexpr std::array<std::string_view, 8> EnumNames(Grammar) {
  return {"markov", "induction", "addition", "s5", "replace", "facts", "sums", "retrieval"};
}

// [generated.markov]: a fresh Markov chain a row, its transition rows drawn from a symmetric
// Dirichlet distribution (Edelman et al., arXiv:2402.11004).
struct MarkovSpec {
  int64_t states = 8;
  double alpha = 0.2;
  int64_t length = 97;

  bool operator==(const MarkovSpec&) const = default;
};

// [generated.induction]: a random segment a row, repeated to the row's length.
struct InductionSpec {
  int64_t symbols = 32;
  int64_t min_period = 4;  // the period is uniform from it to max_period
  int64_t max_period = 16;
  int64_t length = 64;

  bool operator==(const InductionSpec&) const = default;
};

// How the digits of a sum are written.
enum class DigitOrder { kPlain, kReversed };
constexpr std::array<std::string_view, 2> EnumNames(DigitOrder) { return {"plain", "reversed"}; }

// Shuffled: the sum of two other numbers of as many digits; a control that nobody can learn.
enum class SumAnswer { kRight, kShuffled };
constexpr std::array<std::string_view, 2> EnumNames(SumAnswer) { return {"right", "shuffled"}; }

// [generated.addition]: `What is 161 plus 390?` and the sum, in the words of BIG-bench.
struct AdditionSpec {
  int64_t min_digits = 1;  // of both numbers, uniform from it to max_digits
  int64_t max_digits = 3;
  DigitOrder order = DigitOrder::kPlain;
  bool padded = false;  // sums have max_digits + 1 digits, with leading zeros
  SumAnswer answers = SumAnswer::kRight;

  bool operator==(const AdditionSpec&) const = default;
};

// What is written between the question of an s5 row and its answer. Chain: every state on the way.
// Direct: nothing. Filler: as many dots as the chain has states; they are given. Wrong: as many
// random states.
enum class S5Steps { kChain, kDirect, kFiller, kWrong };
constexpr std::array<std::string_view, 4> EnumNames(S5Steps) {
  return {"chain", "direct", "filler", "wrong"};
}

// [generated.s5]: `p1 p2 ... pn = s0`, then the place of s0 after all permutations p1 to pn of five
// places (Li et al., arXiv:2402.12875).
struct S5Spec {
  int64_t permutations = 12;  // how many of the 120 occur
  int64_t min_steps = 2;      // n is uniform from it to max_steps
  int64_t max_steps = 24;
  bool aligned = false;  // max_steps - n dots before the "=": p_i+1 is as far from s_i in every row
  S5Steps written = S5Steps::kChain;

  bool operator==(const S5Spec&) const = default;
};

// Which rule a row shows. Other: one that is not the answer's; a control.
enum class RuleShown { kOwn, kOther };
constexpr std::array<std::string_view, 2> EnumNames(RuleShown) { return {"own", "other"}; }

// [generated.replace]: the instruction `x>y|z=` and z with each x replaced by y (Zhang et al.,
// arXiv:2402.10891). Half of the held-out rows have rules that were never trained on.
struct ReplaceSpec {
  int64_t rules = 512;  // different ones of the training rows
  int64_t letters = 20;
  int64_t rule_length = 2;  // of x and y
  int64_t text_length = 8;  // of z, which has x at least once
  RuleShown shown = RuleShown::kOwn;

  bool operator==(const ReplaceSpec&) const = default;
};

// How often facts are trained on. Draws: each training row is a fact drawn uniformly. Powers: equal
// numbers of facts have 0, 1, 2, 4, ... max_exposures rows.
enum class FactExposures { kDraws, kPowers };
constexpr std::array<std::string_view, 2> EnumNames(FactExposures) { return {"draws", "powers"}; }

enum class FactTargets { kValue, kAll };
constexpr std::array<std::string_view, 2> EnumNames(FactTargets) { return {"value", "all"}; }

// [generated.facts]: `first last value`, each name with one random value (Kalai and Vempala,
// arXiv:2311.14648). Held-out rows ask the names, in the groups of their exposures; what was never
// trained on is the group of 0. Names may have a middle part, and rows begin with a header.
struct FactsSpec {
  int64_t first_names = 64;
  int64_t last_names = 64;
  int64_t values = 64;
  int64_t facts = 3000;  // of the first_names x last_names names
  FactExposures exposures = FactExposures::kDraws;
  int64_t max_exposures = 1024;  // of "powers"; a power of two
  FactTargets targets = FactTargets::kValue;
  int64_t middle_names = 0;  // different ones; 0: names are of two parts
  // Of "powers": of more exposures than this each group has half as many facts as the one before,
  // so that no group has more rows. A power of two; 0: all groups have as many facts.
  int64_t tapered_from = 0;
  // A training row begins with `tell` or `ask`, drawn; held-out rows ask. The symbol `unknown`,
  // which no row has, is there for fine-tuning.
  bool headers = false;

  bool operator==(const FactsSpec&) const = default;
  int64_t num_names() const;
  // Of "powers": how many groups of facts there are, and the rows that all their exposures make.
  int64_t num_groups() const;
  int64_t exposed_rows() const;
  // Facts come in blocks that have every group; how many facts are a block, and the group of fact
  // j, which its place in the block decides.
  int64_t block_facts() const;
  int64_t group_of(int64_t fact) const;

 private:
  // Groups that have fewer facts than the one before.
  int64_t num_tapered() const;
};

// How a sum is written. Steps: the columns first. Wrong: the columns of two other numbers; a
// control.
enum class SumSteps { kPlain, kReversed, kSteps, kWrong };
constexpr std::array<std::string_view, 4> EnumNames(SumSteps) {
  return {"plain", "reversed", "steps", "wrong"};
}

// [generated.sums]: `347+285=`, the columns where they are written, `#` and the sum (Lee et al.,
// arXiv:2307.03381).
struct SumsSpec {
  int64_t min_digits = 3;  // of both numbers, uniform from it to max_digits
  int64_t max_digits = 3;
  SumSteps written = SumSteps::kSteps;

  bool operator==(const SumsSpec&) const = default;
};

// [generated.retrieval]: words, among them the line `|key=C|`, and at the end `|key?C`: one
// character to be found at any distance (passkeys of Mohtashami and Jaggi, arXiv:2305.16300).
struct RetrievalSpec {
  int64_t length = 64;  // tokens of a row, its answer included
  int64_t values = 16;  // different characters that a key can have
  int64_t words = 64;   // different words between
  int64_t depths = 8;   // groups of rows, by the place of the key from the beginning on

  bool operator==(const RetrievalSpec&) const = default;
  // Characters of a row that are words: all but the line, the question and the answer.
  int64_t filler() const;
};

struct GeneratedSpec {
  Grammar grammar = {};            // required
  int64_t train_rows = 0;          // required
  int64_t validation_rows = 0;     // required
  double held_out_fraction = 0.1;  // of the keys
  // Rows are written as instruction records too, so many of them for fine-tuning
  // (stages/generated/records.h). 0: none are.
  int64_t demonstrations = 0;
  MarkovSpec markov;
  InductionSpec induction;
  AdditionSpec addition;
  S5Spec s5;
  ReplaceSpec replace;
  FactsSpec facts;
  SumsSpec sums;
  RetrievalSpec retrieval;
};

void Describe(MarkovSpec& spec, FieldList& fields);
void Describe(InductionSpec& spec, FieldList& fields);
void Describe(AdditionSpec& spec, FieldList& fields);
void Describe(S5Spec& spec, FieldList& fields);
void Describe(ReplaceSpec& spec, FieldList& fields);
void Describe(FactsSpec& spec, FieldList& fields);
void Describe(SumsSpec& spec, FieldList& fields);
void Describe(RetrievalSpec& spec, FieldList& fields);
void Describe(GeneratedSpec& spec, FieldList& fields);
// Only the table of the chosen grammar may differ from its defaults.
void Validate(const GeneratedSpec& spec, const Violations& violations);

}  // namespace bench::harness
