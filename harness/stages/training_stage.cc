#include "harness/stages/training_stage.h"

#include "base/status.h"
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

absl::StatusOr<StageOutcome> TrainAndSave(const LoopSpec& loop, TrainingTask& task,
                                          RunContext& context,
                                          const std::function<absl::Status()>& save) {
  BENCH_RETURN_IF_ERROR(context.writer.Summary(
      {{&results::kParameters, ""}, static_cast<double>(NumElements(task.parameters()))}));
  BENCH_ASSIGN_OR_RETURN(StageOutcome outcome, RunTrainingLoop(loop, task, context));
  if (context.ranks.leads()) BENCH_RETURN_IF_ERROR(save());
  return outcome;
}

}  // namespace bench::harness
