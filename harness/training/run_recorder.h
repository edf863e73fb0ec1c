// Writes what training did into the run's results: a row a step, times of ranges, evaluations and
// the digests that go with them.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "harness/context/run_context.h"
#include "harness/training/parameter_update.h"
#include "harness/training/step_observer.h"
#include "harness/training/step_statistics.h"
#include "harness/training/training_state.h"

namespace bench::harness {

class RunRecorder : public StepObserver {
 public:
  // `context` must outlive it.
  RunRecorder(RunContext& context, const StepStatistics::Options& options)
      : context_(context), options_(options), statistics_(options) {}

  StepStatistics& statistics() { return statistics_; }
  // The time that the attempts before this one took.
  void set_elapsed_before(double seconds) { elapsed_before_s_ = seconds; }
  // Over all attempts.
  double ElapsedSeconds() const { return elapsed_before_s_ + context_.clock.Seconds(); }

  absl::Status Record(const TrainedStep& step) override;
  // Records the ranges since the last call as those of `step`.
  absl::Status RecordRanges(int64_t step);
  absl::Status RecordEvaluation(const TrainingPosition& at,
                                const std::vector<results::MetricValue>& values);
  // Records digests of the weights, the optimizer's state and the task's (data position,
  // generators). Collective: EnvironmentError where the ranks' weights differ.
  absl::Status RecordDigests(int64_t step, const TrainingTask& task, ParameterUpdate& update);

 private:
  RunContext& context_;
  const StepStatistics::Options options_;
  StepStatistics statistics_;
  double elapsed_before_s_ = 0;
};

}  // namespace bench::harness
