// Choosing a token from log-probabilities. See generate.h for the rules.
#pragma once

#include <cstdint>
#include <vector>

namespace bench::models {

struct LogProbs {
  const float* data = nullptr;  // of softmax(logits / temperature)
  int64_t vocab_size = 0;       // tokens that may be chosen: the first ones
};

struct SamplingFilter {
  int64_t top_k = 0;  // 0: all
  double top_p = 1;   // 1: all
};

int64_t ArgMax(const LogProbs& log_probs);

// Draws tokens. Keeps its buffer, so that a token costs no allocation; not for several threads.
class TokenSampler {
 public:
  explicit TokenSampler(const SamplingFilter& filter) : filter_(filter) {}

  // Inverts the cumulative distribution of the kept tokens, in order of id, at `uniform` in [0, 1).
  int64_t Sample(const LogProbs& log_probs, double uniform);

 private:
  struct Candidate {
    int64_t token = 0;
    double weight = 0;  // log-probability, then probability
  };
  static bool MoreLikely(const Candidate& a, const Candidate& b);

  void TakeAll(const LogProbs& log_probs);
  // Before probabilities are computed, so that only those of the kept are. The order is the same:
  // two fp32 log-probabilities of one distribution that differ give different fp64 probabilities
  // as long as these are no subnormals (1e-308).
  void KeepTopK();
  void ToProbabilities();
  void KeepTopP();
  double Total() const;
  int64_t Invert(double uniform) const;

  SamplingFilter filter_;
  std::vector<Candidate> candidates_;
};

}  // namespace bench::models
