// Learning rate as a function of the optimizer step.
//
// With warm-up W, total S, peak lr and final ratio f, at place t in [0, S]:
//   t <= W:              lr * t / W
//   constant:            lr
//   linear:              lr * (1 - (1 - f) p),                       p = (t - W) / (S - W)
//   cosine:              lr * (f + (1 - f) (1 + cos(pi p)) / 2)
// so the peak is reached at t = W and lr * f at t = S. (Loshchilov & Hutter, arXiv:1608.03983,
// without restarts, with linear warm-up.)
//
// Step i = 0..S-1 stands at t = i + 1, at its end. Steps that share a rate (iterations of u > 1)
// stand at the begin of their iteration k: t = k u. Either way one of the schedule's ends is a
// step's place, and the rate there may be 0: t = 0 after a warm-up, t = S where f = 0. With
// skip_zero_rate no step stands there. If one end has rate 0 the places are those at the other end
// of each iteration, t = i or t = min((k + 1) u, S); if both have, n iterations stand at
// t = (k + 1) S / (n + 1).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/definition/definition.h"

namespace bench::harness {

struct ScheduledSteps {
  int64_t num_steps = 0;
  int64_t steps_per_iteration = 1;  // that share a rate
};

// The learning rate at place `t`.
double LearningRate(const ScheduleSpec& schedule, double peak, double t, int64_t num_steps);

// The place of step `step`, from 0.
double SchedulePlace(const ScheduleSpec& schedule, const ScheduledSteps& steps, int64_t step);

// What to tell a person about steps from `first` on (from 0) that train at rate 0 exactly: which
// they are, numbered from 1, and what to set. Empty where there are none.
std::vector<std::string> ZeroRateNotes(const ScheduleSpec& schedule, const ScheduledSteps& steps,
                                       int64_t first);

}  // namespace bench::harness
