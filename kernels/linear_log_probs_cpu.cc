#include <cmath>

#include "kernels/linear_log_probs_kernels.h"
#include "kernels/softmax_row.h"

namespace bench::kernels {

LogProbResult LogProbForward(const float* logits, int64_t vocab_size, int64_t target) {
  const float largest = Largest(logits, vocab_size);
  const ExpSums sums = SumExp(logits, largest, vocab_size);
  const float log_sum = std::log(sums.sum);
  return {(logits[target] - largest) - log_sum, log_sum - sums.weighted / sums.sum};
}

void LogProbBackward(float* logits, int64_t vocab_size, const LogProbGradient& row) {
  const float largest = Largest(logits, vocab_size);
  const float sum = ExpAndSum(logits, largest, vocab_size);
  ScaleRow(logits, -row.gradient / sum, vocab_size);
  logits[row.target] += row.gradient;
}

}  // namespace bench::kernels
