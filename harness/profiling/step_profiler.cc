#include "harness/profiling/step_profiler.h"

#include <string>
#include <utility>

#include "base/status.h"
#include "harness/definition/enum_names.h"
#include "results/notes.h"

namespace bench::harness {

StepProfiler::StepProfiler(std::unique_ptr<Profiler> profiler, std::optional<ProfiledSteps> steps,
                           int64_t next_step, results::RunWriter& writer)
    : profiler_(std::move(profiler)), steps_(steps), next_step_(next_step), writer_(writer) {}

absl::Status StepProfiler::Begin(ProfileTool tool) {
  BENCH_RETURN_IF_ERROR(writer_.Note(std::string(results::kProfilerNote), std::string(Name(tool))));
  BENCH_RETURN_IF_ERROR(writer_.Flush());
  if (steps_) return absl::OkStatus();
  looks_ = true;
  return profiler_->Start();
}

absl::Status StepProfiler::End() { return looks_ ? Stop() : absl::OkStatus(); }

// An error waits for the end of the step: here nobody takes it.
void StepProfiler::BeginStep() {
  if (!steps_ || looks_ || next_step_ < steps_->first || next_step_ > steps_->last) return;
  if (!started_.ok()) return;
  looks_ = true;
  first_step_ = next_step_;
  started_ = profiler_->Start();
}

absl::Status StepProfiler::Record(const TrainedStep& step) {
  next_step_ = step.step + 1;
  BENCH_RETURN_IF_ERROR(started_);
  if (!looks_ || !steps_) return absl::OkStatus();
  ++num_steps_;
  return step.step >= steps_->last ? Stop() : absl::OkStatus();
}

absl::Status StepProfiler::Stop() {
  looks_ = false;
  BENCH_ASSIGN_OR_RETURN(const ProfileTables tables, profiler_->Stop());
  if (steps_) {
    BENCH_RETURN_IF_ERROR(writer_.Note(std::string(results::kProfileFirstStepNote), first_step_));
    BENCH_RETURN_IF_ERROR(writer_.Note(std::string(results::kProfileStepsNote), num_steps_));
  }
  return WriteTables(tables, writer_);
}

}  // namespace bench::harness
