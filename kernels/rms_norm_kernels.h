// The loops behind RmsNorm on raw memory: contiguous rows, no Torch. See rms_norm.h.
#pragma once

#include <cstdint>

namespace bench::kernels {

struct RmsNormForwardArgs {
  const float* x = nullptr;
  const float* weight = nullptr;
  float* y = nullptr;
  float* inverse_rms = nullptr;  // one a row, for the backward
  int64_t width = 0;
  float eps = 0;
};

struct RmsNormBackwardArgs {
  const float* grad_y = nullptr;
  const float* x = nullptr;
  const float* weight = nullptr;
  const float* inverse_rms = nullptr;
  float* grad_x = nullptr;
  int64_t width = 0;
};

// Rows of one partial sum of the weight's gradient: fixed, so that the order of summation does not
// depend on threads.
inline constexpr int64_t kRmsNormBlockRows = 32;

// Rows [begin, end).
void RmsNormForwardRows(const RmsNormForwardArgs& args, int64_t begin, int64_t end);
// Also adds the rows' contributions to `grad_weight_partial` [width], in order.
void RmsNormBackwardRows(const RmsNormBackwardArgs& args, int64_t begin, int64_t end,
                         float* grad_weight_partial);

}  // namespace bench::kernels
