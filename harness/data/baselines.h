// Answers that need no learning, to compare a model with.
//
// Copy: the input (the instruction where there is no input). Nearest: the output of the training
// example of the same task whose text (chosen in the same way) has the largest TF-IDF cosine of
// character 1- to 3-grams: weight(g) = tf(g) log((1 + N) / (1 + df(g))), N and df over the task's
// training examples. Ties: the earliest example; no shared n-gram, or an unknown task: "".
// Deterministic; an inverted index, so that 200 queries against 25,000 examples take under a
// second.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "harness/data/alpaca.h"

namespace bench::harness {

std::string CopyBaseline(const SftExample& query);

class NearestBaseline {
 public:
  explicit NearestBaseline(const std::vector<SftExample>& training);

  std::string Answer(const SftExample& query) const;

 private:
  struct Posting {
    int32_t example;
    float weight;
  };
  struct Index {
    std::vector<std::string> outputs;
    std::unordered_map<std::string, int32_t> gram_ids;
    std::vector<std::vector<Posting>> postings;  // [gram id]
    std::vector<double> idf;                     // [gram id]
  };
  static Index BuildIndex(const std::vector<const SftExample*>& examples);
  static void WeighPostings(Index& index);

  std::map<std::string, Index> indexes_;  // by task
};

}  // namespace bench::harness
