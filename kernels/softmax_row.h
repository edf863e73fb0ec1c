// The passes over one row of logits that softmax and cross-entropy are made of, on raw memory, no
// Torch. Each is compiled for several instruction sets (cpu_dispatch.h); exponentials as in
// vector_math.h. Sums are of blocks of terms in fp32, and of the blocks in fp64, in an order that
// depends on n and the instruction set only. n >= 1.
#pragma once

#include <cstdint>

namespace bench::kernels {

float Largest(const float* x, int64_t n);

// x_i = exp(x_i - largest); returns their sum.
float ExpAndSum(float* x, float largest, int64_t n);

// x_i = factor * x_i.
void ScaleRow(float* x, float factor, int64_t n);

// With d_i = x_i - largest: the sum of exp(d_i), and that of exp(d_i) d_i. log(sum) - weighted /
// sum is the entropy of softmax(x).
struct ExpSums {
  float sum = 0;
  float weighted = 0;
};
ExpSums SumExp(const float* x, float largest, int64_t n);

}  // namespace bench::kernels
