// Text metrics of generations against one reference: exact match and chrF.
//
// chrF (Popovic 2015) as sacrebleu computes chrF2: character n-grams of orders 1-6 after removing
// white space, beta 2, no word n-grams, no smoothing; precision and recall are averaged over the
// orders that both texts have, then F = (1 + 4) P R / (4 P + R), in percent. The corpus score pools
// the counts of all pairs before that (it is not the mean of sentence scores). Deterministic.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace bench::harness {

// Whether both texts are equal after removing white space at both ends.
bool ExactMatch(std::string_view hypothesis, std::string_view reference);

class ChrfScore {
 public:
  void Add(std::string_view hypothesis, std::string_view reference);
  // In [0, 100]; 0 when nothing was added.
  double Value() const;

 private:
  static constexpr int kMaxOrder = 6;
  struct Counts {
    int64_t hypothesis = 0;
    int64_t reference = 0;
    int64_t match = 0;
  };
  std::array<Counts, kMaxOrder> counts_;  // [order - 1]
};

double SentenceChrf(std::string_view hypothesis, std::string_view reference);

}  // namespace bench::harness
