// The texts that are most similar to a given one.
//
// similarity(a, b) = cosine of the TF-IDF vectors over character n-grams of orders 1-3:
// weight(g) = tf(g) log((1 + N) / (1 + df(g))), N and df over the indexed texts. In [0, 1]; 0
// without a shared n-gram. Best first; ties: the earliest text. Deterministic: sums are made in one
// order. An inverted index: a query costs the postings of its own n-grams, so that 200 queries
// against 25,000 short texts take under a second.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

namespace bench::harness {

class NearestTexts {
 public:
  explicit NearestTexts(const std::vector<std::string>& texts);

  // The indexes of at most `count` texts with a positive similarity that `accepts`, which is asked
  // in the order of similarity until there are enough.
  std::vector<size_t> Find(const std::string& query, size_t count,
                           const std::function<bool(size_t)>& accepts) const;

 private:
  struct Posting {
    int32_t text;
    float weight;
  };
  void WeighPostings();
  std::vector<double> Scores(const std::string& query) const;

  size_t num_texts_;
  std::unordered_map<std::string, int32_t> gram_ids_;
  std::vector<std::vector<Posting>> postings_;  // [gram id]
  std::vector<double> idf_;                     // [gram id]
};

}  // namespace bench::harness
