// Answers that need no learning, to compare a model with.
//
// Copy: the input (the instruction where there is no input). Nearest: the output of the training
// example of the same task whose text (chosen in the same way) is the most similar one
// (nearest_texts.h). No shared n-gram, or an unknown task: "". Deterministic.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/data/alpaca.h"
#include "harness/evaluation/nearest_texts.h"

namespace bench::harness {

std::string CopyBaseline(const SftExample& query);

class NearestBaseline {
 public:
  explicit NearestBaseline(const std::vector<SftExample>& training);

  std::string Answer(const SftExample& query) const;

 private:
  struct Task {
    NearestTexts texts;
    std::vector<std::string> outputs;  // of the same examples
  };

  std::map<std::string, Task> tasks_;
};

}  // namespace bench::harness
