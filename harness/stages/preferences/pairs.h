// Pairs of a record's own output (chosen) and something worse (rejected), by kind of the latter.
//
//   model    a wrong answer of the model to the record's prompt
//   similar  the output of another record of the same task and part: the most similar ones to the
//            record's own (nearest_texts.h), so that what tells them apart is the prompt
// The outputs of all records with the same prompt are right answers to it, and rejected for none of
// them; texts are compared without white space at both ends (text_metrics.h, ExactMatch). A
// response is rejected once a prompt, whatever the number of times it was found; answers with a
// NUL, which a record cannot hold, are left out. The pair's task is the kind. Deterministic.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/data/alpaca.h"
#include "harness/data/preferences.h"
#include "harness/evaluation/model_answers.h"
#include "harness/evaluation/nearest_texts.h"

namespace bench::harness {

enum class NegativeKind : uint8_t { kModel, kSimilar };
constexpr std::array<std::string_view, 2> EnumNames(NegativeKind) { return {"model", "similar"}; }

// The right answers to prompts, which are known by their SHA-256 (disjoint_prompts.h).
class RightAnswers {
 public:
  void Add(const SftExample& example);
  // To an added example's prompt: trimmed texts, those of its own output among them.
  const std::set<std::string>& To(const SftExample& example) const;

 private:
  std::map<std::string, std::set<std::string>> by_prompt_;
};

// What became of the model's answers.
struct AnswerCounts {
  int64_t num_answers = 0;
  int64_t num_right = 0;
  int64_t num_repeated = 0;    // wrong, and there already
  int64_t num_unreadable = 0;  // with a NUL
  int64_t num_cut_off = 0;     // of those that make a pair
  int64_t num_pairs = 0;
  int64_t num_prompts_too_long = 0;  // so that they have no answer
};

// The pairs of kind "model" of one record. `right` are the right answers to its prompt.
std::vector<Preference> ModelPairs(const SftExample& example, const std::set<std::string>& right,
                                   const ModelAnswers& answers, AnswerCounts& counts);

// Finds pairs of kind "similar" among the records of one part.
class SimilarOutputs {
 public:
  // `examples` must outlive it.
  explicit SimilarOutputs(const std::vector<SftExample>& examples);

  // At most `count`. `right` are the right answers to the example's prompt.
  std::vector<Preference> PairsOf(const SftExample& example, const std::set<std::string>& right,
                                  int64_t count) const;

 private:
  struct Task {
    NearestTexts texts;
    std::vector<const SftExample*> examples;  // of the same index
  };
  std::map<std::string, Task> tasks_;
};

}  // namespace bench::harness
