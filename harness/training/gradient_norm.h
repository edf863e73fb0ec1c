// Sums of squares of gradients that are the same however the gradients are spread over ranks and
// buckets: blocks of kNormBlock elements, counted from the start of a parameter, are summed in
// float64 in a fixed order, and the blocks exactly (exact_sum.h). Pieces of a parameter therefore
// begin at multiples of the block.
#pragma once

#include <ATen/ATen.h>

#include <vector>

#include "harness/training/exact_sum.h"

namespace bench::harness {

inline constexpr int64_t kNormBlock = 64;

// Of contiguous pieces of parameters' gradients, whatever their shapes, in fp32, bf16 or fp16. On a
// device other than the CPU a piece is one block, summed in fp32, where it may overflow; they are
// waited for together.
void AddSquares(const std::vector<at::Tensor>& gradients, ExactSum& sum);

}  // namespace bench::harness
