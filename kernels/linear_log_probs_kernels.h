// The row work of LinearLogProbs on raw memory, no Torch. See linear_log_probs.h.
#pragma once

#include <cstdint>

namespace bench::kernels {

struct LogProbResult {
  float log_prob = 0;
  float entropy = 0;
};

LogProbResult LogProbForward(const float* logits, int64_t vocab_size, int64_t target);

// Replaces the logits by gradient * (one_hot(target) - softmax).
struct LogProbGradient {
  int64_t target = 0;
  float gradient = 0;  // of the log-probability
};
void LogProbBackward(float* logits, int64_t vocab_size, const LogProbGradient& row);

}  // namespace bench::kernels
