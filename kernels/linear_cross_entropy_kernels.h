// The row work of LinearCrossEntropy on raw memory, no Torch. See linear_cross_entropy.h.
#pragma once

#include <cstdint>

namespace bench::kernels {

struct CrossEntropyRow {
  float* logits = nullptr;  // [vocab_size]
  int64_t vocab_size = 0;
  int64_t target = 0;
};

struct CrossEntropyRowResult {
  float nll = 0;
  bool correct = false;
};

// Leaves the logits unspecified.
CrossEntropyRowResult CrossEntropyForward(const CrossEntropyRow& row);
// Replaces the logits by the gradient softmax - one_hot(target).
CrossEntropyRowResult CrossEntropyForwardBackward(const CrossEntropyRow& row);

}  // namespace bench::kernels
