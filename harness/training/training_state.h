// Where training is, and how it becomes a checkpoint and comes back from one.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/distributed/ranks.h"
#include "harness/training/checkpoint.h"
#include "harness/training/parameter_update.h"
#include "harness/training/step_statistics.h"
#include "harness/training/task.h"

namespace bench::harness {

struct TrainingPosition {
  int64_t step = 0;             // done
  int64_t tokens = 0;           // that went through the model
  double elapsed_s = 0;         // over all attempts
  bool evaluation_due = false;  // the one at this step is not done: cut short, or before the first
};

// What has a state; all must outlive it.
struct TrainingParts {
  TrainingTask& task;
  ParameterUpdate& update;
  StepStatistics& statistics;
};

// DataError where the checkpoint's tensors are not the parts'.
absl::StatusOr<TrainingPosition> RestoreTraining(const Checkpoint& checkpoint,
                                                 const TrainingParts& parts);

// Collective: rank 0 writes, the others give it what they hold.
absl::Status SaveTraining(const TrainingPosition& position, const TrainingParts& parts,
                          const std::string& folder, const Ranks& ranks);

}  // namespace bench::harness
