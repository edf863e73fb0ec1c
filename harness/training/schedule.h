// Learning rate as a function of the optimizer step.
//
// With warm-up W, total S, peak lr and final ratio f, at step t = 1..S (0: the value before
// training):
//   t <= W:              lr * t / W
//   constant:            lr
//   linear:              lr * (1 - (1 - f) p),                       p = (t - W) / (S - W)
//   cosine:              lr * (f + (1 - f) (1 + cos(pi p)) / 2)
// so the peak is reached at t = W and lr * f at t = S. (Loshchilov & Hutter, arXiv:1608.03983,
// without restarts, with linear warm-up.)
#pragma once

#include <cstdint>

#include "harness/definition/definition.h"

namespace bench::harness {

double LearningRate(const ScheduleSpec& schedule, double peak, int64_t step, int64_t num_steps);

}  // namespace bench::harness
