// What looks on while steps are trained: the recorder of rows, the figures of a rank, a profiler.
//
// The loop calls, for every step, BeginStep; for each of this rank's micro-batches BeginForward and
// EndForward; EndStep; and Record, once the step is done and its time is taken. A step that a stop
// signal cuts short has no EndStep and is not recorded. An observer changes nothing of what is
// trained, and what it does before Record is part of the step's time.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "harness/training/task.h"
#include "results/metric.h"

namespace bench::harness {

struct TrainedStep {
  int64_t step = 0;    // from 1
  int64_t tokens = 0;  // that went through the model so far, this step's included
  Window window;
  double loss = 0;
  std::vector<results::MetricValue> metrics;  // the task's own
  double grad_norm = 0;                       // before clipping
  double learning_rate = 0;
  double seconds = 0;
};

class StepObserver {
 public:
  virtual ~StepObserver() = default;
  virtual void BeginStep() {}
  virtual void BeginForward() {}
  virtual void EndForward() {}
  virtual void EndStep() {}
  virtual absl::Status Record(const TrainedStep&) { return absl::OkStatus(); }
};

}  // namespace bench::harness
