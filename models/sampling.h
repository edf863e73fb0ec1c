// Choosing a token from log-probabilities. See generate.h for the rules.
#pragma once

#include <cstdint>

namespace bench::models {

struct LogProbs {
  const float* data = nullptr;  // of softmax(logits / temperature), over the whole vocabulary
  int64_t vocab_size = 0;
};

struct SamplingFilter {
  int64_t top_k = 0;  // 0: all
  double top_p = 1;   // 1: all
};

int64_t ArgMax(const LogProbs& log_probs);

// Inverts the cumulative distribution of the kept tokens, in order of id, at `uniform` in [0, 1).
int64_t SampleToken(const LogProbs& log_probs, const SamplingFilter& filter, double uniform);

}  // namespace bench::models
