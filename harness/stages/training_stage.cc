#include "harness/stages/training_stage.h"

#include "base/status.h"
#include "results/metrics.h"

namespace bench::harness {

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
