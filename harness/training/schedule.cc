#include "harness/training/schedule.h"

#include <cmath>
#include <numbers>

namespace bench::harness {

double LearningRate(const ScheduleSpec& schedule, double peak, int64_t step, int64_t num_steps) {
  const int64_t warmup = schedule.warmup_steps;
  if (warmup > 0 && step <= warmup)
    return peak * static_cast<double>(step) / static_cast<double>(warmup);
  const double progress =
      static_cast<double>(step - warmup) / static_cast<double>(num_steps - warmup);
  const double floor = schedule.final_ratio;
  switch (schedule.kind) {
    case ScheduleKind::kConstant:
      return peak;
    case ScheduleKind::kLinear:
      return peak * (1 - (1 - floor) * progress);
    case ScheduleKind::kCosine:
      return peak * (floor + (1 - floor) * (1 + std::cos(std::numbers::pi * progress)) / 2);
  }
  return peak;
}

}  // namespace bench::harness
