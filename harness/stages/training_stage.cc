#include "harness/stages/training_stage.h"

#include "base/status.h"
#include "harness/training/checkpoint.h"
#include "harness/training/product_timing.h"
#include "results/metrics.h"

namespace bench::harness {

Evaluator WithProbes(Evaluator evaluator, const Probes& probes, const ProbeModel& model,
                     RunContext& context) {
  return [evaluator = std::move(evaluator), &probes, model, &context](
             EvaluationPoint point, int64_t step) -> absl::StatusOr<Evaluation> {
    BENCH_ASSIGN_OR_RETURN(Evaluation evaluation, evaluator(point, step));
    if (point != EvaluationPoint::kFinal) return evaluation;
    BENCH_ASSIGN_OR_RETURN(const std::vector<results::MetricValue> found,
                           probes.Ask(model, step, context.writer));
    evaluation.summary.insert(evaluation.summary.end(), found.begin(), found.end());
    return evaluation;
  };
}

namespace {

// Trains, and where the definition asks for it times the products of a step.
absl::StatusOr<StageOutcome> TrainAndTime(const LoopSpec& loop, TrainingTask& task,
                                          RunContext& context) {
  if (!loop.measure_products) return RunTrainingLoop(loop, task, context);
  ProductTiming timing({.device = task.parameters().front().tensor.device(),
                        .num_steps = loop.num_steps,
                        .steps_per_iteration = loop.steps_per_iteration,
                        .is_resumed = context.checkpoint != nullptr});
  BENCH_ASSIGN_OR_RETURN(StageOutcome outcome, RunTrainingLoop(loop, task, context, {&timing}));
  if (outcome.status != results::RunStatus::kComplete || !context.ranks.leads()) return outcome;
  BENCH_ASSIGN_OR_RETURN(const std::vector<results::MetricValue> values, timing.Measure(context));
  outcome.summary.insert(outcome.summary.end(), values.begin(), values.end());
  return outcome;
}

}  // namespace

absl::StatusOr<StageOutcome> TrainAndSave(const LoopSpec& loop, TrainingTask& task,
                                          RunContext& context,
                                          const std::function<absl::Status()>& save) {
  BENCH_RETURN_IF_ERROR(context.writer.Summary(
      {{&results::kParameters, ""}, static_cast<double>(NumElements(task.parameters()))}));
  BENCH_ASSIGN_OR_RETURN(StageOutcome outcome, TrainAndTime(loop, task, context));
  if (context.ranks.leads()) BENCH_RETURN_IF_ERROR(save());
  return outcome;
}

}  // namespace bench::harness
