// The one optimizer-step loop of all training stages: nothing else calls backward() and the
// optimizer.
//
// A step: the next window of data; for each micro-batch the forward pass and the backward pass of
// LossSum / denominator; clip; update. Then its row in the results, and an evaluation, digests and
// a checkpoint where they are due. A non-finite loss ends the run as diverged, a stop request
// (signals.h, or the run's own) as interrupted, with a checkpoint of the last whole step. An
// evaluation that a stop signal cut short is due again, before anything else, when the run is
// resumed; a step that was cut short never was.
//
// Of several ranks each has an even share of every window's micro-batches, in rank order; losses
// are added in the order of the micro-batches, whoever computed them. Rank 0 evaluates and writes.
// Ranks stop after the same step, whichever of them was asked to. The loop checks that their
// parameters are equal before the first step and wherever digests are recorded.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/context/run_context.h"
#include "harness/definition/training_spec.h"
#include "harness/training/step_observer.h"
#include "harness/training/task.h"

namespace bench::harness {

// Whether an evaluation at step 0 begins the curves.
enum class FirstEvaluation { kAfterTraining, kBeforeTraining };

struct LoopSpec {
  OptimizerSpec optimizer;
  ScheduleSpec schedule;
  int64_t num_steps = 0;
  int64_t evaluate_every_steps = 0;    // 0: only at the end
  int64_t checkpoint_every_steps = 0;  // 0: only when stopping and at the end
  FirstEvaluation first_evaluation = FirstEvaluation::kAfterTraining;
  // Steps on one rollout, say. They share a learning rate (schedule.h): that of the schedule before
  // the first of them. 1: every step has its own, that of the schedule at its end, so that the last
  // one's is the final ratio.
  int64_t steps_per_iteration = 1;
  ParallelSpec parallel;
  bool measure_products = false;  // what the stage does around the loop (product_timing.h)
  // Evaluations beside those of evaluate_every_steps (evaluation_steps.h); 0: none.
  int64_t evaluations_per_doubling = 0;
};

// `observers` are called behind the loop's own, context.profiler before all, those for ends in the
// reverse order; they must outlive the call.
absl::StatusOr<StageOutcome> RunTrainingLoop(const LoopSpec& spec, TrainingTask& task,
                                             RunContext& context,
                                             const std::vector<StepObserver*>& observers = {});

}  // namespace bench::harness
