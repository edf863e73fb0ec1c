// Profiles a run: certain steps of a stage that trains, the whole of any other stage.
//
// The marks in the results (results/notes.h) are made before anything is profiled, so that a run
// that ends early has them too.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "harness/profiling/profile_request.h"
#include "harness/profiling/profiler.h"
#include "harness/training/step_observer.h"
#include "results/run_writer.h"

namespace bench::harness {

class StepProfiler : public StepObserver {
 public:
  // `steps`: absent for a stage that trains none. `next_step`: the first that is trained here; a
  // resumed run that begins within `steps` is profiled from there, one that begins behind them not
  // at all.
  StepProfiler(std::unique_ptr<Profiler> profiler, std::optional<ProfiledSteps> steps,
               int64_t next_step, results::RunWriter& writer);

  // Around the stage. End after a stage that was left early stops the profiler, too.
  absl::Status Begin(ProfileTool tool);
  absl::Status End();

  void BeginStep() override;
  absl::Status Record(const TrainedStep& step) override;

 private:
  absl::Status Stop();

  std::unique_ptr<Profiler> profiler_;
  std::optional<ProfiledSteps> steps_;
  int64_t next_step_;
  results::RunWriter& writer_;
  bool looks_ = false;
  int64_t first_step_ = 0;  // that it looked at
  int64_t num_steps_ = 0;   // that ended while it looked
  absl::Status started_;
};

}  // namespace bench::harness
