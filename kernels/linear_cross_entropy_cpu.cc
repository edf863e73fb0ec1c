#include <cmath>

#include "kernels/linear_cross_entropy_kernels.h"
#include "kernels/softmax_row.h"

namespace bench::kernels {
namespace {

// No logit before `target` equals it, which is the largest.
bool IsFirstLargest(const CrossEntropyRow& row, float largest) {
  if (row.logits[row.target] != largest) return false;
  for (int64_t i = 0; i < row.target; ++i) {
    if (row.logits[i] == largest) return false;
  }
  return true;
}

struct RowPass {
  CrossEntropyRowResult result;
  float sum = 0;
};

RowPass Exponentiate(const CrossEntropyRow& row) {
  const float largest = Largest(row.logits, row.vocab_size);
  const float target_logit = row.logits[row.target];
  RowPass pass;
  pass.result.correct = IsFirstLargest(row, largest);
  pass.sum = ExpAndSum(row.logits, largest, row.vocab_size);
  pass.result.nll = std::log(pass.sum) + (largest - target_logit);
  return pass;
}

}  // namespace

CrossEntropyRowResult CrossEntropyForward(const CrossEntropyRow& row) {
  return Exponentiate(row).result;
}

CrossEntropyRowResult CrossEntropyForwardBackward(const CrossEntropyRow& row) {
  const RowPass pass = Exponentiate(row);
  ScaleRow(row.logits, 1.0F / pass.sum, row.vocab_size);
  row.logits[row.target] -= 1.0F;
  return pass.result;
}

}  // namespace bench::kernels
