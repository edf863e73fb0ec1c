// Pairs of a record's own output (chosen) and something worse (rejected), by kind of the latter.
//
//   model    a wrong answer of the model to the record's prompt: one that differs from the output
//            after removing white space at both ends (text_metrics.h, ExactMatch)
//   similar  the output of another record of the same task and part: the most similar ones to the
//            record's own (nearest_texts.h), so that what tells them apart is the prompt
// A response is rejected once a prompt, whatever the number of times it was found; answers with a
// NUL, which a record cannot hold, are left out. The pair's task is the kind. Deterministic.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/data/alpaca.h"
#include "harness/data/nearest_texts.h"
#include "harness/data/preferences.h"
#include "harness/stages/model_answers.h"

namespace bench::harness {

enum class NegativeKind : uint8_t { kModel, kSimilar };
constexpr std::array<std::string_view, 2> EnumNames(NegativeKind) { return {"model", "similar"}; }

// What became of the model's answers.
struct AnswerCounts {
  int64_t num_answers = 0;
  int64_t num_right = 0;
  int64_t num_repeated = 0;    // wrong, and there already
  int64_t num_unreadable = 0;  // with a NUL
  int64_t num_cut_off = 0;     // of those that make a pair
  int64_t num_pairs = 0;
};

// The pairs of kind "model" of one record.
std::vector<Preference> ModelPairs(const SftExample& example,
                                   const std::vector<ModelAnswer>& answers, AnswerCounts& counts);

// Finds pairs of kind "similar" among the records of one part.
class SimilarOutputs {
 public:
  // `examples` must outlive it.
  explicit SimilarOutputs(const std::vector<SftExample>& examples);

  // At most `count`.
  std::vector<Preference> PairsOf(const SftExample& example, int64_t count) const;

 private:
  struct Task {
    NearestTexts texts;
    std::vector<const SftExample*> examples;  // of the same index
  };
  std::map<std::string, Task> tasks_;
};

}  // namespace bench::harness
