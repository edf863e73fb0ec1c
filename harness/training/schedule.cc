#include "harness/training/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "absl/strings/str_cat.h"

namespace bench::harness {
namespace {

int64_t IterationOf(const ScheduledSteps& steps, int64_t step) {
  return step / steps.steps_per_iteration;
}

// "step 4" or "steps 1 to 4", from 1.
std::string Named(int64_t first, int64_t last, const char* verb) {
  if (first == last) return absl::StrCat("step ", first, " ", verb, "s");
  return absl::StrCat("steps ", first, " to ", last, " ", verb);
}

}  // namespace

double LearningRate(const ScheduleSpec& schedule, double peak, double t, int64_t num_steps) {
  const auto warmup = static_cast<double>(schedule.warmup_steps);
  if (warmup > 0 && t <= warmup) return peak * t / warmup;
  const double progress = (t - warmup) / (static_cast<double>(num_steps) - warmup);
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

double SchedulePlace(const ScheduleSpec& schedule, const ScheduledSteps& steps, int64_t step) {
  const int64_t shared = steps.steps_per_iteration;
  const int64_t k = IterationOf(steps, step);
  const auto begin = static_cast<double>(k * shared);
  const auto end = static_cast<double>(std::min((k + 1) * shared, steps.num_steps));
  const double usual = shared == 1 ? end : begin;
  if (!schedule.skip_zero_rate) return usual;
  const auto all = static_cast<double>(steps.num_steps);
  const bool begins_at_0 = LearningRate(schedule, 1, 0, steps.num_steps) == 0;
  const bool ends_at_0 = LearningRate(schedule, 1, all, steps.num_steps) == 0;
  if (begins_at_0 && ends_at_0) {
    const auto num_iterations = static_cast<double>(IterationOf(steps, steps.num_steps - 1) + 1);
    return static_cast<double>(k + 1) * all / (num_iterations + 1);
  }
  if (begins_at_0) return end;
  return ends_at_0 ? begin : usual;
}

std::vector<std::string> ZeroRateNotes(const ScheduleSpec& schedule, const ScheduledSteps& steps,
                                       int64_t first) {
  constexpr char kRemedy[] = "set schedule.skip_zero_rate = true, or schedule.";
  const auto place = [&](int64_t step) { return SchedulePlace(schedule, steps, step); };
  const auto is_zero = [&](int64_t step) {
    return LearningRate(schedule, 1, place(step), steps.num_steps) == 0;
  };
  std::vector<std::string> notes;
  const int64_t first_end = std::min(steps.steps_per_iteration, steps.num_steps);
  if (first < first_end && place(0) == 0 && is_zero(0)) {
    notes.push_back(absl::StrCat(Named(first + 1, first_end, "train"),
                                 " at learning rate 0, where the warm-up begins: ", kRemedy,
                                 "warmup_steps = 0"));
  }
  const int64_t last = steps.num_steps - 1;
  const int64_t last_begin = std::max(first, IterationOf(steps, last) * steps.steps_per_iteration);
  if (last_begin <= last && place(last) > 0 && is_zero(last)) {
    notes.push_back(absl::StrCat(Named(last_begin + 1, last + 1, "train"),
                                 " at learning rate 0, where the schedule ends: ", kRemedy,
                                 "final_ratio above 0"));
  }
  return notes;
}

}  // namespace bench::harness
